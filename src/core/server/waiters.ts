import { reviveFailure, type StoreReply } from './store-messages.ts'

interface Waiter {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Who waits for which answer of a thread. */
export interface Waiters {
  /** A number for a question, and the promise of its answer. */
  add(): { readonly id: number; readonly answer: Promise<unknown> }
  settle(reply: StoreReply): void
  rejectAll(error: Error): void
}

export function createWaiters(): Waiters {
  const waiting = new Map<number, Waiter>()
  let last = 0
  return {
    add() {
      const id = ++last
      return { id, answer: new Promise((resolve, reject) => waiting.set(id, { resolve, reject })) }
    },
    settle({ id, value, failure }) {
      const waiter = waiting.get(id)
      waiting.delete(id)
      if (failure === undefined) waiter?.resolve(value)
      else waiter?.reject(reviveFailure(failure))
    },
    rejectAll(error) {
      for (const { reject } of waiting.values()) reject(error)
      waiting.clear()
    },
  }
}
