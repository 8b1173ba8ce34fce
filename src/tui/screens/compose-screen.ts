import { keyOf, placeOf, type ViewState } from '../views/view-state.ts'
import { composeAgent } from './agent.ts'
import { composeAgents } from './agents.ts'
import { composeEvents } from './events.ts'
import { composeOverview } from './overview.ts'
import { composePrinter } from './printer.ts'
import { composePrinters } from './printers.ts'
import type { Screen, ScreenRequest, Sources } from './screen.ts'

const TABS = { overview: composeOverview, agents: composeAgents, printers: composePrinters, events: composeEvents }

/** The screen that is shown. */
export function composeScreen(state: ViewState, sources: Sources, frame: ScreenRequest['frame']): Screen {
  const place = placeOf(state)
  const request = { state, cursor: state.cursors[keyOf(place)], sources, frame }
  if (place.screen === 'agent') return composeAgent(place.id, request)
  if (place.screen === 'printer') return composePrinter(place.id, request)
  return TABS[place.screen](request)
}
