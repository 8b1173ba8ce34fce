import type { Look } from '../../core/output/paint.ts'

/** What there is to draw on. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly look: Look
  /** For a screen reader: whole sentences, no table, nothing that changes by itself. */
  readonly isPlain: boolean
  /** Milliseconds since 1970. */
  readonly now: number
}
