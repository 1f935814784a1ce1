/** The start of the store keys of everything that subscribes to a foreign key: its length (4 bytes), then itself. */
export function subscriptionPrefix(foreignKey: Buffer): Buffer {
  const prefix = Buffer.allocUnsafe(4 + foreignKey.length)
  prefix.writeInt32BE(foreignKey.length, 0)
  foreignKey.copy(prefix, 4)
  return prefix
}

/** Where a left row's subscription stands: below its foreign key, by its primary key. As Kafka Streams writes it. */
export function subscriptionKey(foreignKey: Buffer, primaryKey: Buffer): Buffer {
  return Buffer.concat([subscriptionPrefix(foreignKey), primaryKey])
}
