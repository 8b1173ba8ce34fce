import { setTimeout as sleep } from 'node:timers/promises'
import { type ApiClient, createApiClient } from '../core/client/api-client.ts'
import { refusalOf } from '../core/client/read-refusal.ts'
import { PrintMasterError } from '../core/model/error.ts'
import type { Page, PageRequest } from '../core/store/store.ts'
import type { ExportFlags, ExportKind } from './export-flags.ts'
import type { ExportFilter, ExportRow, ExportSource } from './export-source.ts'
import { readAccess, strangeAnswer } from './open-access.ts'

/** How often a page is asked for again that the server had no room for, and how long in between. */
const MOST_TRIES = 60
const WAIT_SECONDS = 2
/** How often one is asked for again that was lost on the way; the first page is not. */
const MOST_LOST = 4

/**
 * A server elsewhere, by its API.
 * @param signal ends the waiting for a server that has no room
 * @throws PrintMasterError
 */
export async function openRemoteSource(
  url: string,
  kind: ExportKind,
  flags: ExportFlags,
  tell: (sentence: string) => void,
  signal: AbortSignal,
): Promise<ExportSource> {
  const client = createApiClient(await readAccess(url, flags, kind === 'audit' ? 'an admin' : 'a viewer', tell))
  const find = (path: string) =>
    askPatiently(client, path, false, signal).catch((error: unknown) => {
      if (refusalOf(error)?.code === 'not_found') return null
      throw error
    })
  return {
    async list(wanted, filter, page) {
      const { path, key } = describeList(wanted, filter, page)
      const answer = await askPatiently(client, path, page.cursor !== undefined, signal)
      const { [key]: items, next_cursor } = (answer ?? {}) as Record<string, unknown>
      const isPage = Array.isArray(items) && (typeof next_cursor === 'string' || next_cursor === null)
      if (!isPage || next_cursor === page.cursor) throw strangeAnswer(url)
      return { items, next_cursor } as Page<ExportRow>
    },
    async findDevice(device_id) {
      const found = (await find(`/devices/${encodeURIComponent(device_id)}`)) as Record<string, unknown> | null
      if (found === null) return null
      const { device_id: survivor, merged } = found
      if (typeof survivor !== 'string' || !Array.isArray(merged)) throw strangeAnswer(url)
      return { device_id: survivor, merged }
    },
    hasAgent: async (agent_id) => (await find(`/agents/${encodeURIComponent(agent_id)}`)) !== null,
    close: () => client.close(),
  }
}

/** The path below /api/v1 with its query, and the key of the answer that holds the rows. */
function describeList(
  kind: ExportKind,
  { from, to, site_id, agent_id, device_ids, resolution }: ExportFilter,
  { limit, cursor }: PageRequest,
): { readonly path: string; readonly key: string } {
  const utc = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString())
  const period = { from: utc(from), to: utc(to) }
  const lists: Record<ExportKind, [path: string, key: string, query: Readonly<Record<string, string | undefined>>]> = {
    devices: ['/devices', 'devices', { sort: 'device_id', site_id, agent_id }],
    metrics: ['/metrics', 'metrics', { resolution, ...period, site_id, agent_id, device_id: device_ids?.join(',') }],
    agents: ['/agents/list', 'agents', { site_id }],
    alerts: ['/alerts', 'alerts', { state: 'all', ...period, site_id, agent_id }],
    audit: ['/audit', 'entries', { ...period, agent_id }],
  }
  const [path, key, query] = lists[kind]
  const wanted = Object.entries({ limit: String(limit), ...query, cursor }).filter(([, value]) => value !== undefined)
  return { path: `${path}?${new URLSearchParams(wanted as [string, string][])}`, key }
}

/** Waits where the server has no room, and asks again for what was lost on the way where `isUnderway`. */
async function askPatiently(
  client: ApiClient,
  path: string,
  isUnderway: boolean,
  signal: AbortSignal,
): Promise<unknown> {
  for (let [tries, lost] = [1, 0]; ; tries += 1) {
    try {
      return await client.send('GET', path)
    } catch (error) {
      const seconds = readWait(error)
      const isLost = error instanceof PrintMasterError && error.code === 'server_unreachable'
      if (isLost) lost += 1
      const mayTry = seconds !== null ? tries < MOST_TRIES : isLost && isUnderway && lost <= MOST_LOST
      if (!mayTry || signal.aborted) throw error
      await sleep(1000 * (seconds ?? 1), undefined, { signal }).catch(() => {
        throw error
      })
    }
  }
}

/** Seconds after which the server wants to be asked again; null where it does not. */
function readWait(error: unknown): number | null {
  const refusal = refusalOf(error)
  if (refusal?.code !== 'rate_limited' && refusal?.code !== 'overloaded') return null
  const wait = refusal.details.retry_after_seconds
  return typeof wait === 'number' && wait >= 0 ? Math.min(wait, 60) : WAIT_SECONDS
}
