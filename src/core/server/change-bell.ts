/** Rung after something was written that live views and alerts wait for. They look for themselves what it was. */
export interface ChangeBell {
  ring(): void
  listen(listener: () => void): void
}

export function createChangeBell(): ChangeBell {
  const listeners: (() => void)[] = []
  return {
    ring() {
      for (const listener of listeners) listener()
    },
    listen: (listener) => void listeners.push(listener),
  }
}
