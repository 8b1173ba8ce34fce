import { useApp } from 'ink'
import { useEffect, useRef } from 'react'
import type { JobControl } from '../job-control.ts'

/**
 * Gives the terminal back while the process is stopped, and takes it again when it goes on.
 * @returns what Ctrl-Z does: where keys come one by one, the terminal does not do it
 */
export function useSuspend({ stop, listen, readSize }: JobControl): () => void {
  const { suspendTerminal } = useApp()
  const isAway = useRef(false)
  const leave = async (whileAway: () => void | Promise<void>) => {
    if (isAway.current) return
    isAway.current = true
    try {
      await suspendTerminal(whileAway)
      readSize()
    } finally {
      isAway.current = false
    }
  }
  useEffect(() =>
    listen({
      onStop: () => void leave(() => stop(false)),
      // who was stopped without a word comes back to a terminal that others have used
      onContinue: () => void leave(() => undefined),
    }),
  )
  return () => void leave(() => stop(true))
}
