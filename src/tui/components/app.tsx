import { useApp, useInput, useWindowSize } from 'ink'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { Look } from '../../core/output/paint.ts'
import type { Action, ActionResult } from '../feed/actions.ts'
import type { Feed } from '../feed/feed.ts'
import type { Lookups } from '../feed/lookups.ts'
import type { JobControl } from '../job-control.ts'
import type { Derived } from '../views/derive.ts'
import { FIRST_STATE, pressKey, type ViewState } from '../views/view-state.ts'
import { readClock } from '../views/word-age.ts'
import { readKeys } from './read-key.ts'
import { useSuspend } from './use-suspend.ts'
import { useTick } from './use-tick.ts'
import { composeBody, View } from './view.tsx'

/** Smaller than this nothing is drawn for; the rest is cut by the terminal. */
const NARROWEST = 40
const LOWEST = 10
/** What could not be looked up is asked again, while it is shown. */
const RETRY_MS = 10_000

export interface AppProps {
  /** Its URL, for people. */
  readonly server: string
  readonly feed: Feed
  readonly derived: Derived
  readonly lookups: Lookups
  readonly perform: (action: Action) => Promise<ActionResult>
  readonly look: Look
  readonly isPlain: boolean
  readonly now: () => number
  readonly jobs: JobControl
}

/** The live view: what it shows comes from the feed, where one is in it from the keys. */
export function App({ server, feed, derived, lookups, perform, look, isPlain, now, jobs }: AppProps) {
  const { exit } = useApp()
  const { columns, rows } = useWindowSize()
  const suspend = useSuspend(jobs)
  const [state, setState] = useState<ViewState>(FIRST_STATE)
  // several keys may come before the next frame
  const latest = useRef(state)
  const change = (next: ViewState) => {
    latest.current = next
    setState(next)
  }
  const changing = useMemo(() => [feed, lookups], [feed, lookups])
  // a screen reader reads again whatever changes: ages do not
  useTick(changing, isPlain ? null : 1000)
  const frame = {
    width: Math.max(NARROWEST, columns),
    height: Math.max(LOWEST, rows),
    look,
    isPlain,
    now: readClock(now(), isPlain),
  }
  const compose = (shown: ViewState) => ({
    server,
    state: shown,
    sources: { store: feed.store, derived, lookups, feed: feed.state },
    frame,
  })
  useInput((input, key) => {
    for (const press of readKeys(input, key)) {
      const { context } = composeBody(compose(latest.current)).body
      const { state: next, effect } = pressKey(latest.current, press, context)
      change(next)
      if (effect?.kind === 'quit') return exit()
      if (effect?.kind === 'suspend') return suspend()
      if (effect?.kind === 'perform') {
        perform(effect.action).then(({ isDone, text }) =>
          change({ ...latest.current, notice: { text, isGood: isDone } }),
        )
      }
    }
  })
  const { wants } = composeBody(compose(state)).body
  // each of them is asked once for its stamp, however often it is wanted
  useEffect(() => {
    for (const { path, stamp } of wants ?? []) {
      const hasFailed = lookups.read(path).error !== null
      lookups.want(path, hasFailed ? `${stamp}/${Math.floor(now() / RETRY_MS)}` : stamp)
    }
  })
  return <View {...compose(state)} />
}
