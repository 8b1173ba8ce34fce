import type { AgentFacts, UplinkFacts } from '../core/agent/agent-facts.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { countThings } from '../core/output/count-things.ts'

/** `25 printers, 1 offline; connected to https://printers.example; 0 waiting`. */
export function describeAgent({ printers, uplink, journal }: AgentFacts): string {
  const offline = printers.total - printers.online
  const known = `${countThings(printers.total, 'printer')}${offline > 0 ? `, ${offline} offline` : ''}`
  const full = journal.state === 'full' ? '; the journal is full' : ''
  return `${known}; ${describeUplink(uplink)}; ${journal.queue_length.toLocaleString('en')} waiting${full}`
}

/** `connected to https://printers.example`, or why it is not. */
export function describeUplink({ state, url, reason }: UplinkFacts): string {
  const why = reason === null ? '' : `: ${cleanText(reason)}`
  const where = url === null ? 'the server' : cleanText(url)
  switch (state) {
    case 'off':
      return 'no server'
    case 'registering':
      return `registering at ${where}${why}`
    case 'connected':
      return `connected to ${where}`
    case 'waiting':
      return `waiting for ${where}${why}`
    case 'halted':
      return `uplink halted${why}`
  }
}
