import { type Action, askFor } from '../feed/actions.ts'
import { AGENT_ORDERS, type AgentOrder } from './agent-view.ts'
import { EVENT_ORDERS, type EventOrder } from './event-view.ts'
import { PRINTER_ORDERS, type PrinterOrder } from './printer-list.ts'

export const TABS = ['overview', 'agents', 'printers', 'events'] as const
export type Tab = (typeof TABS)[number]

/** One screen; `agent` and `printer` show the one that they name. */
export type Place = { readonly screen: Tab } | { readonly screen: 'agent' | 'printer'; readonly id: string }

/** Where one is in a list: on a row, wherever it moves to. */
export interface Cursor {
  readonly id: string | null
  readonly index: number
  /** The first row in sight. */
  readonly top: number
}

/** Everything that keys change. */
export interface ViewState {
  /** The last is shown; esc goes back. */
  readonly places: readonly Place[]
  readonly cursors: Readonly<Record<string, Cursor>>
  readonly orders: { readonly agents: AgentOrder; readonly printers: PrinterOrder; readonly events: EventOrder }
  readonly filters: { readonly agents: string; readonly printers: string; readonly events: string }
  readonly prompt:
    | null
    | { readonly kind: 'filter'; readonly before: string }
    | { readonly kind: 'confirm'; readonly question: string; readonly action: Action }
  readonly isHelp: boolean
  readonly notice: { readonly text: string; readonly isGood: boolean } | null
}

export const FIRST_STATE: ViewState = {
  places: [{ screen: 'overview' }],
  cursors: {},
  orders: { agents: 'state', printers: 'supply', events: 'newest' },
  filters: { agents: '', printers: '', events: '' },
  prompt: null,
  isHelp: false,
  notice: null,
}

/** A key: its text, or its name where it has none. */
export interface KeyPress {
  readonly text: string
  readonly name:
    | 'up' | 'down' | 'left' | 'right' | 'page_up' | 'page_down' | 'home' | 'end'
    | 'enter' | 'escape' | 'tab' | 'back_tab' | 'backspace' | 'clear' | 'quit' | 'suspend' | null // biome-ignore format: one glance
}

/** What the screen holds that is shown when the key comes. */
export interface KeyContext {
  /** Rows of the list, or lines where there is no list. */
  readonly count: number
  /** Rows in sight. */
  readonly page: number
  /** Null where there are no rows to be on, only lines to scroll. */
  readonly idAt: ((index: number) => string) | null
  readonly indexOf: (id: string) => number
  /** Where enter leads from a row. */
  readonly open: (index: number) => Place | null
  /** What c and a would do here; a sentence where they do nothing. */
  readonly command: (key: 'c' | 'a', index: number) => Action | string
}

export interface KeyOutcome {
  readonly state: ViewState
  readonly effect: null | { readonly kind: 'quit' | 'suspend' } | { readonly kind: 'perform'; readonly action: Action }
}

export function placeOf(state: Pick<ViewState, 'places'>): Place {
  return state.places.at(-1) ?? { screen: 'overview' }
}

export function keyOf(place: Place): string {
  return 'id' in place ? `${place.screen}:${place.id}` : place.screen
}

/** Where the cursor of what is shown is kept; help lies above every screen. */
export function cursorKeyOf(state: Pick<ViewState, 'places' | 'isHelp'>): string {
  return state.isHelp ? 'help' : keyOf(placeOf(state))
}

/** The cursor where it is now: on its row, wherever that is, and in sight. */
export function settleCursor(
  cursor: Cursor | undefined,
  { count, page, idAt, indexOf }: Pick<KeyContext, 'count' | 'page' | 'idAt' | 'indexOf'>,
): Cursor {
  if (idAt === null) {
    const top = Math.min(cursor?.top ?? 0, Math.max(0, count - page))
    return { id: null, index: top, top }
  }
  const found = cursor?.id == null ? -1 : indexOf(cursor.id)
  const index = Math.max(0, Math.min(count - 1, found >= 0 ? found : (cursor?.index ?? 0)))
  const top = Math.max(0, Math.min(Math.max(cursor?.top ?? 0, index - page + 1), index, Math.max(0, count - page)))
  return { id: found >= 0 ? (cursor?.id ?? null) : null, index, top }
}

/** What a key does. Pure. */
export function pressKey(state: ViewState, key: KeyPress, context: KeyContext): KeyOutcome {
  if (key.name === 'quit' || key.name === 'suspend') return { state, effect: { kind: key.name } }
  if (state.prompt?.kind === 'confirm') return answerQuestion(state, state.prompt.action, key)
  if (state.prompt?.kind === 'filter' && !isMove(key)) return typeFilter(state, state.prompt.before, key)
  if (state.isHelp) {
    if (key.text === 'q') return { state, effect: { kind: 'quit' } }
    const scrolled = moveCursor(state, key, context)
    const { help: _, ...cursors } = state.cursors
    return stay(scrolled ?? { ...state, cursors, isHelp: false })
  }
  const shown = { ...state, notice: null }
  const moved = moveCursor(shown, key, context)
  if (moved !== null) return stay(moved)
  const place = placeOf(shown)
  const cursor = settleCursor(shown.cursors[keyOf(place)], context)
  switch (key.name ?? key.text) {
    case 'q':
      return { state: shown, effect: { kind: 'quit' } }
    case '?':
      return stay({ ...shown, isHelp: true })
    case 'enter':
    case 'right':
    case 'l': {
      const next = context.count > 0 ? context.open(cursor.index) : null
      if (next === null) return stay(shown)
      // what moves while one looks elsewhere is found again
      const kept = { ...cursor, id: context.idAt?.(cursor.index) ?? null }
      const cursors = { ...shown.cursors, [keyOf(place)]: kept }
      return stay({ ...shown, cursors, places: [...shown.places, next] })
    }
    case 'escape':
    case 'left':
    case 'h':
    case 'backspace':
      return stay(goBack(shown))
    case 'tab':
    case 'back_tab': {
      const step = key.name === 'tab' ? 1 : TABS.length - 1
      const first = TABS.indexOf((shown.places[0] as { screen: Tab }).screen)
      return stay(goTo(shown, TABS[(first + step) % TABS.length] as Tab))
    }
    case '1':
    case '2':
    case '3':
    case '4':
      return stay(goTo(shown, TABS[Number(key.text) - 1] as Tab))
    case '/':
      if (!isFiltered(place.screen)) return stay(tell(shown, NO_LIST))
      return stay({ ...shown, prompt: { kind: 'filter', before: shown.filters[place.screen] } })
    case 's':
    case 'S':
      if (!isFiltered(place.screen)) return stay(tell(shown, NO_LIST))
      return stay(changeOrder(shown, place.screen, key.text === 's' ? 1 : -1))
    case 'c':
    case 'a': {
      const action = context.command(key.text as 'c' | 'a', cursor.index)
      if (typeof action === 'string') return stay(tell(shown, action))
      return stay({ ...shown, prompt: { kind: 'confirm', question: askFor(action), action } })
    }
    default:
      return stay(shown)
  }
}

const NO_LIST = '/ filters and s sorts the agents, printers and events: press 2, 3 or 4 first.'

const stay = (state: ViewState): KeyOutcome => ({ state, effect: null })
const tell = (state: ViewState, text: string): ViewState => ({ ...state, notice: { text, isGood: false } })

function isFiltered(screen: Place['screen']): screen is 'agents' | 'printers' | 'events' {
  return screen === 'agents' || screen === 'printers' || screen === 'events'
}

function isMove({ name }: KeyPress): boolean {
  return name === 'up' || name === 'down' || name === 'page_up' || name === 'page_down'
}

function goTo(state: ViewState, screen: Tab): ViewState {
  return { ...state, places: [{ screen }] }
}

/** First out of a filter, then to where one came from, then to the overview. */
function goBack(state: ViewState): ViewState {
  const { screen } = placeOf(state)
  if (isFiltered(screen) && state.filters[screen] !== '') {
    return { ...state, filters: { ...state.filters, [screen]: '' } }
  }
  if (state.places.length > 1) return { ...state, places: state.places.slice(0, -1) }
  return goTo(state, 'overview')
}

function changeOrder(state: ViewState, screen: 'agents' | 'printers' | 'events', step: 1 | -1): ViewState {
  const orders: readonly string[] = { agents: AGENT_ORDERS, printers: PRINTER_ORDERS, events: EVENT_ORDERS }[screen]
  const next = orders[(orders.indexOf(state.orders[screen]) + step + orders.length) % orders.length]
  const cursors = { ...state.cursors, [screen]: { id: null, index: 0, top: 0 } }
  return { ...state, cursors, orders: { ...state.orders, [screen]: next } }
}

function moveCursor(state: ViewState, key: KeyPress, context: KeyContext): ViewState | null {
  const { page, count, idAt } = context
  const place = cursorKeyOf(state)
  const { index, top } = settleCursor(state.cursors[place], context)
  const last = Math.max(0, idAt === null ? count - page : count - 1)
  const targets: Readonly<Record<string, number>> = {
    up: index - 1,
    k: index - 1,
    down: index + 1,
    j: index + 1,
    page_up: index - page,
    b: index - page,
    page_down: index + page,
    ' ': index + page,
    home: 0,
    g: 0,
    end: last,
    G: last,
  }
  const wanted = targets[key.name ?? key.text]
  if (wanted === undefined) return null
  const next = Math.max(0, Math.min(last, wanted))
  const id = idAt === null || count === 0 ? null : idAt(next)
  const cursor = idAt === null ? { id, index: next, top: next } : { id, index: next, top: keepInSight(top, next, page) }
  return { ...state, cursors: { ...state.cursors, [place]: cursor } }
}

function keepInSight(top: number, index: number, page: number): number {
  return Math.max(0, Math.min(Math.max(top, index - page + 1), index))
}

function typeFilter(state: ViewState, before: string, key: KeyPress): KeyOutcome {
  const { screen } = placeOf(state)
  if (!isFiltered(screen)) return stay({ ...state, prompt: null })
  const set = (text: string, prompt = state.prompt): KeyOutcome =>
    stay({
      ...state,
      prompt,
      filters: { ...state.filters, [screen]: text },
      cursors: { ...state.cursors, [screen]: { id: null, index: 0, top: 0 } },
    })
  const text = state.filters[screen]
  if (key.name === 'enter') return stay({ ...state, prompt: null })
  if (key.name === 'escape') return set(before, null)
  if (key.name === 'clear') return set('')
  if (key.name === 'backspace') {
    return text === '' ? stay({ ...state, prompt: null }) : set([...text].slice(0, -1).join(''))
  }
  return key.text === '' ? stay(state) : set((text + key.text).slice(0, 100))
}

function answerQuestion(state: ViewState, action: Action, key: KeyPress): KeyOutcome {
  const asked = { ...state, prompt: null }
  if (key.text === 'y' || key.text === 'Y') {
    return {
      state: { ...asked, notice: { text: 'Asking the server ...', isGood: true } },
      effect: { kind: 'perform', action },
    }
  }
  return stay({ ...asked, notice: { text: 'Nothing was done.', isGood: true } })
}
