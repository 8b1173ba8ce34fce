import { countThings } from '../core/output/count-things.ts'
import type { LiveStore } from '../tui/feed/live-store.ts'
import type { Stage } from './demo-stage.ts'

type Described = Pick<Stage, 'sites' | 'url' | 'port' | 'tokenFile'>

/** As one starts it: npm runs it from a clone, where no `printmaster` is in the PATH. */
const PROGRAM = process.env.npm_lifecycle_event === 'demo' ? 'node_modules/.bin/node bin/run.js' : 'printmaster'

/** What was brought up, and where. */
export function describeStage({ sites, url, port }: Described): string {
  const printers = sites.reduce((sum, { devices }) => sum + devices.length, 0)
  return [
    `${countThings(printers, 'simulated printer')}, ${countThings(sites.length, 'agent')} and a server, all on loopback.`,
    'The printers print, run low and jam: a second here is a minute of theirs.',
    '',
    ...sites.map(({ name, range }) => `  agent    ${name.padEnd(16)}reads ${range}, SNMP on UDP port ${port}`),
    `  server   ${url}`,
    '',
  ].join('\n')
}

/** What the view is about to show. */
export function describeView(
  { sites, url, tokenFile }: Described,
  { drop_ms, gone_ms }: { readonly drop_ms: number; readonly gone_ms: number },
): string {
  return [
    'The live view comes in a moment: ? lists its keys, q ends it.',
    `${drop_ms / 1000} s later the agent of ${sites.at(-1)?.name} is stopped: red within seconds. ${gone_ms / 1000} s after that it is back.`,
    'The same from another terminal:',
    `  ${PROGRAM} status --server ${url} --token-file ${tokenFile}`,
    '',
  ].join('\n')
}

/** How to go on. @param wasLive whether the view was what they saw */
export function describeNext(wasLive: boolean): string {
  const other = wasLive
    ? `The tour as text:           ${PROGRAM} demo --tour`
    : `This, in the live view:     ${PROGRAM} demo, on a terminal`
  return `
Three things to try next:
  1. Your own network:           ${PROGRAM} scan 192.168.1.0/24
  2. A network around the clock: PRINTMASTER_SCAN_TARGETS=192.168.1.0/24 ${PROGRAM} server --with-agent
  3. ${other}`
}

export function describeDirectory(directory: string): string {
  return `
The directory is kept: ${directory}
  server   ${PROGRAM} server --database ${directory}/printmaster.db
  log      ${directory}/demo.log`
}

/** Every agent is at work, and every printer is on the server. */
export function isAllThere({ agents, devices }: LiveStore, { sites }: Pick<Stage, 'sites'>): boolean {
  const isAtWork = [...agents.values()].filter(({ status }) => status === 'active').length === sites.length
  return isAtWork && devices.size === sites.reduce((sum, site) => sum + site.devices.length, 0)
}

/** `3 agents and 20 printers` */
export function wordThere({ agents, devices }: LiveStore): string {
  return `${countThings(agents.size, 'agent')} and ${countThings(devices.size, 'printer')}`
}
