import { Box } from 'ink'
import { composeScreen } from '../screens/compose-screen.ts'
import type { Screen, Sources } from '../screens/screen.ts'
import type { Frame } from '../views/frame.ts'
import type { ViewState } from '../views/view-state.ts'
import { composeFooter, Footer } from './footer.tsx'
import { composeHeader, Header } from './header.tsx'
import { Lines } from './lines.tsx'

export interface ViewProps {
  readonly server: string
  readonly state: ViewState
  readonly sources: Sources
  readonly frame: Frame
}

/** The screen that fits between header and footer. */
export function composeBody({ server, state, sources, frame }: ViewProps): { body: Screen; inner: Frame } {
  const above = composeHeader({ server, feed: sources.feed, state, frame }).length
  const composeWith = (hints: readonly string[]) => {
    const below = composeFooter({ state, hints, frame }).length
    const inner = { ...frame, height: Math.max(1, frame.height - above - below) }
    return { body: composeScreen(state, sources, inner), inner }
  }
  const first = composeWith([])
  // as a sentence the keys of a screen may take another line
  return frame.isPlain ? composeWith(first.body.hints) : first
}

/** One frame: header, screen, footer; as high as the terminal. */
export function View(props: ViewProps) {
  const { server, state, sources, frame } = props
  const { body, inner } = composeBody(props)
  return (
    <Box flexDirection="column" width={frame.width} {...(!frame.isPlain && { height: frame.height })}>
      <Header server={server} feed={sources.feed} state={state} frame={frame} />
      <Box flexDirection="column" flexGrow={1}>
        <Lines lines={body.lines.slice(0, inner.height)} />
      </Box>
      <Footer state={state} hints={body.hints} frame={frame} />
    </Box>
  )
}
