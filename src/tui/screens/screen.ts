import type { FeedState } from '../feed/feed.ts'
import type { LiveStore } from '../feed/live-store.ts'
import type { Lookups } from '../feed/lookups.ts'
import type { Derived } from '../views/derive.ts'
import { countRows, drawRows } from '../views/draw-rows.ts'
import type { Frame } from '../views/frame.ts'
import type { ListColumn } from '../views/list-column.ts'
import { type Cursor, type KeyContext, settleCursor, type ViewState } from '../views/view-state.ts'
import { fitLines } from '../views/wrap-lines.ts'

/** Where screens take what they show from. */
export interface Sources {
  readonly store: LiveStore
  readonly derived: Derived
  readonly lookups: Pick<Lookups, 'read'>
  readonly feed: FeedState
}

/** What stands on a screen: lines of at most the frame's width, as many as it is high, and what keys need to know. */
export interface Screen {
  readonly lines: readonly string[]
  readonly context: KeyContext
  /** Keys that only this screen has, for the last line. */
  readonly hints: readonly string[]
  /** What it wants to be looked up, and the state of things that the answer is for. */
  readonly wants?: ReadonlyArray<{ readonly path: string; readonly stamp: string }>
}

export interface ScreenRequest {
  readonly state: ViewState
  readonly cursor: Cursor | undefined
  readonly sources: Sources
  readonly frame: Frame
}

const NO_COMMAND: KeyContext['command'] = (key) =>
  key === 'c' ? 'c asks an agent to scan: go to an agent first.' : 'a acknowledges an alert: go to the events first.'

interface ListRequest<T> {
  readonly above: readonly string[]
  readonly rows: readonly T[]
  readonly columns: ReadonlyArray<ListColumn<T>>
  readonly idOf: (row: T) => string
  /** What stands there without any row. */
  readonly empty: string
  readonly open?: (row: T) => ReturnType<KeyContext['open']>
  readonly command?: (key: 'c' | 'a', row: T | undefined) => ReturnType<KeyContext['command']>
  readonly hints: readonly string[]
  readonly wants?: Screen['wants']
}

/** A list below some lines; only the rows in sight are drawn. */
export function composeList<T>(request: ListRequest<T>, { cursor, frame }: ScreenRequest): Screen {
  const { rows, columns, idOf, empty, open, command, hints, wants } = request
  const above = fitLines(request.above, frame)
  const idAt = (index: number) => idOf(rows[index] as T)
  const indexOf = (id: string) => {
    const hinted = rows[cursor?.index ?? 0]
    if (hinted !== undefined && idOf(hinted) === id) return cursor?.index ?? 0
    return rows.findIndex((row) => idOf(row) === id)
  }
  const room = Math.max(1, frame.height - above.length)
  const at = settleCursor(cursor, { count: rows.length, page: room, idAt, indexOf }).index
  const page = countRows(rows, columns, at, { ...frame, height: room })
  const context: KeyContext = {
    count: rows.length,
    page,
    idAt,
    indexOf,
    open: (index) => open?.(rows[index] as T) ?? null,
    command: (key, index) => command?.(key, rows[index]) ?? NO_COMMAND(key, index),
  }
  const { index, top } = settleCursor(cursor, context)
  const shown = rows.slice(top, top + page)
  const lines = shown.length === 0 ? [empty] : drawRows(shown, columns, index - top, frame)
  return { lines: [...above, ...lines], context, hints, ...(wants && { wants }) }
}

/** Lines that scroll. */
export function composeText(
  text: readonly string[],
  { hints, wants, command }: Pick<Screen, 'hints' | 'wants'> & { command?: KeyContext['command'] },
  { cursor, frame }: ScreenRequest,
): Screen {
  const all = fitLines(text, frame)
  const context: KeyContext = {
    count: all.length,
    page: frame.height,
    idAt: null,
    indexOf: () => -1,
    open: () => null,
    command: command ?? NO_COMMAND,
  }
  const { top } = settleCursor(cursor, context)
  return { lines: all.slice(top, top + frame.height), context, hints, ...(wants && { wants }) }
}
