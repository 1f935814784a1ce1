// #region first-steps
import { embedded, json, run, topology } from 'millrace'
import { z } from 'zod'

const Order = z.object({ customer: z.string(), amount: z.number() })

export const largeOrders = topology('large-orders', (t) => {
  t.source('orders', { value: json(Order) })
    .filter((order) => order.amount >= 100)
    .mapValues((order) => ({ ...order, at: 'the front desk' }))
    .to('large-orders')
})

/** Runs it in this process. Against Kafka: `run(largeOrders, { kafka: { brokers: ['localhost:29092'] } })`. */
export async function firstSteps(): Promise<void> {
  const app = await run(largeOrders, { embedded: embedded() })
  await app.close()
}
// #endregion
