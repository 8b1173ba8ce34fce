import { setTimeout as wait } from 'node:timers/promises'

/** A signal to oneself arrives at once; a stopped process waits here until it is continued. */
const ARRIVED_MS = 20

/** Being stopped and continued by the shell. */
export interface JobControl {
  /**
   * Stops this process as Ctrl-Z would; resolves when it goes on, which is at once where no shell could continue it.
   * @param isGroup with all that the shell started along with it, for example npm
   */
  stop(isGroup: boolean): Promise<void>
  /** @returns takes the listeners away */
  listen(listeners: { readonly onStop: () => void; readonly onContinue: () => void }): () => void
  /** Has the size of the terminal read anew: who was stopped heard of no change. */
  readSize(): void
}

export function createJobControl(): JobControl {
  let isStopping = false
  return {
    async stop(isGroup) {
      isStopping = true
      const listeners = process.listeners('SIGTSTP')
      // without a listener the system does what it does by default, and never stops a process that nobody could continue
      for (const listener of listeners) process.off('SIGTSTP', listener)
      try {
        process.kill(isGroup ? 0 : process.pid, 'SIGTSTP')
        await wait(ARRIVED_MS)
      } finally {
        for (const listener of listeners) process.on('SIGTSTP', listener)
        isStopping = false
      }
    },
    listen({ onStop, onContinue }) {
      const onCont = () => {
        if (!isStopping) onContinue()
      }
      process.on('SIGTSTP', onStop)
      process.on('SIGCONT', onCont)
      return () => {
        process.off('SIGTSTP', onStop)
        process.off('SIGCONT', onCont)
      }
    },
    readSize: () => void process.kill(process.pid, 'SIGWINCH'),
  }
}
