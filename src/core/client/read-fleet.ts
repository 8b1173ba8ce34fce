import type { ApiClient } from './api-client.ts'
import { type LiveRows, readLiveRows } from './live-rows.ts'

/** A server whose cursors lead nowhere must not be asked for ever: 200 pages are 200,000 printers. */
const MOST_PAGES = 200

/**
 * All agents, all devices and the alerts that are open, by HTTP, page by page.
 * @throws PrintMasterError server_unreachable, server_refused
 */
export async function readFleet(api: Pick<ApiClient, 'send'>): Promise<LiveRows> {
  const agents = await readPages(api, '/agents/list?limit=1000', 'agents')
  const devices = await readPages(api, '/devices?limit=1000&sort=first_seen', 'devices')
  const alerts = await readPages(api, '/alerts?state=open&limit=1000', 'alerts')
  return readLiveRows({ agents, devices, alerts })
}

async function readPages(api: Pick<ApiClient, 'send'>, path: string, key: string): Promise<unknown[]> {
  const rows: unknown[] = []
  let cursor: unknown = null
  for (let page = 0; page < MOST_PAGES; page++) {
    const from = typeof cursor === 'string' ? `&cursor=${encodeURIComponent(cursor)}` : ''
    const answer = ((await api.send('GET', path + from)) ?? {}) as Readonly<Record<string, unknown>>
    const list = answer[key]
    if (Array.isArray(list)) for (const row of list) rows.push(row)
    cursor = answer.next_cursor
    if (typeof cursor !== 'string') break
  }
  return rows
}
