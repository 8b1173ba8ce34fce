const NAME_WIDTH = 68

/** What another program took for the same, in the same unit. */
export interface PeerFigure {
  name: string
  value: number
  note?: string
}

/** One line of the bench. */
export interface Figure {
  name: string
  value: number
  unit: string
  digits?: number
  peers?: readonly PeerFigure[]
  /** In words, and whether it is met; null when there is nothing to hold it against. */
  target?: { words: string; isMet: boolean | null }
  note?: string | undefined
}

export function printFigure({ name, value, unit, digits = 2, peers = [], target, note }: Figure): void {
  const columns = [
    name.padEnd(NAME_WIDTH),
    `${value.toFixed(digits).padStart(9)} ${unit.padEnd(10)}`,
    ...peers.map(
      (peer) =>
        `${peer.name} ${peer.value.toFixed(digits)}${peer.note ? ` (${peer.note})` : ''}, ratio ${(value / peer.value).toFixed(2)}`,
    ),
    target && `target: ${target.words}: ${target.isMet === null ? 'cannot tell' : target.isMet ? 'met' : 'NOT MET'}`,
    note && `(${note})`,
  ]
  console.log(columns.filter(Boolean).join('  ').trimEnd())
}

export const printUnable = (name: string, needs: string): void =>
  console.log(`${name.padEnd(NAME_WIDTH)}  needs ${needs}`)
