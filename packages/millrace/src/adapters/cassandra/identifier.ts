/** A name as it is written in CQL: in quotes only where CQL would read it otherwise. */
export function identifier(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) && !reserved.has(name) ? name : `"${name.replaceAll('"', '""')}"`
}

// the reserved keywords of CQL 3.4; others may be used as names
const reserved: ReadonlySet<string> = new Set(
  `add allow alter and apply asc authorize batch begin by columnfamily create default delete desc describe drop
  entries execute from full grant if in index infinity insert into is keyspace limit materialized mbean mbeans modify
  nan norecursive not null of on or order primary rename replace revoke schema select set table to token truncate
  unlogged unset update use using view where with`.split(/\s+/),
)
