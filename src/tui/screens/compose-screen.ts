import { cursorKeyOf, placeOf, type ViewState } from '../views/view-state.ts'
import { composeAgent } from './agent.ts'
import { composeAgents } from './agents.ts'
import { composeEvents } from './events.ts'
import { composeHelp } from './help.ts'
import { composeOverview } from './overview.ts'
import { composePrinter } from './printer.ts'
import { composePrinters } from './printers.ts'
import { composeText, type Screen, type ScreenRequest, type Sources } from './screen.ts'

const TABS = { overview: composeOverview, agents: composeAgents, printers: composePrinters, events: composeEvents }

/** The screen that is shown. */
export function composeScreen(state: ViewState, sources: Sources, frame: ScreenRequest['frame']): Screen {
  const place = placeOf(state)
  const request = { state, cursor: state.cursors[cursorKeyOf(state)], sources, frame }
  if (state.isHelp) return composeHelp(request)
  // a zero would say that there is none
  if (sources.feed.fresh_at === null) return composeText(['Nothing is known yet.'], { hints: [] }, request)
  if (place.screen === 'agent') return composeAgent(place.id, request)
  if (place.screen === 'printer') return composePrinter(place.id, request)
  return TABS[place.screen](request)
}
