import type { Color } from '../../core/output/paint.ts'
import type { TextColumn } from '../../core/output/text-table.ts'

/** A column of a list that scrolls: its width depends on the terminal alone, not on the rows that are in sight. */
export interface ListColumn<T> extends TextColumn<T> {
  /** Columns of the terminal that it has use for. */
  readonly widest: number
  readonly color?: (row: T) => Color | null
}
