import type { Page, PageRequest, Store } from '../core/store/store.ts'
import type { ExportFlags, ExportKind } from './export-flags.ts'
import type { ExportFilter, ExportRow, ExportSource } from './export-source.ts'
import { openDatabase } from './open-database.ts'
import { recordAuditView } from './record-audit-view.ts'
import { loadServerConfig } from './server-config.ts'

/**
 * The database of this machine, opened to be read. Who takes the audit log along is recorded in it first.
 * @throws PrintMasterError, StoreError
 */
export async function openLocalSource(
  kind: ExportKind,
  flags: ExportFlags,
  tell: (sentence: string) => void,
): Promise<ExportSource> {
  const { config, database } = await loadServerConfig({ config: flags.config, database: flags.database })
  for (const warning of config.warnings) tell(warning)
  const store = await openDatabase(database, { readonly: true })
  try {
    if (kind === 'audit') await recordView(database, flags)
  } catch (error) {
    await store.close()
    throw error
  }
  const offlineAfterMs = config.presence.offline_after_seconds * 1000
  return {
    list: (wanted, filter, page) => listRows(store, wanted, filter, page, offlineAfterMs),
    findDevice: (device_id) => store.findDevice(device_id),
    hasAgent: async (agent_id) => (await store.findAgent(agent_id, offlineAfterMs, Date.now())) !== null,
    close: () => store.close(),
  }
}

async function listRows(
  store: Store,
  kind: ExportKind,
  { from, to, site_id, agent_id, device_ids, resolution }: ExportFilter,
  page: PageRequest,
  offlineAfterMs: number,
): Promise<Page<ExportRow>> {
  const period = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) }
  const site = site_id !== undefined && { site_id }
  const agent = agent_id !== undefined && { agent_id }
  switch (kind) {
    case 'devices':
      return store.listDevices({ ...page, sort: 'device_id', ...site, ...agent })
    case 'metrics':
      return store.listFleetMetrics({
        ...page,
        resolution,
        ...period,
        ...site,
        ...agent,
        ...(device_ids && { device_ids }),
      })
    case 'agents':
      return store.listAgents({ ...page, ...site, offlineAfterMs }, Date.now())
    case 'alerts':
      return store.listAlerts({ ...page, state: 'all', ...period, ...site, ...agent })
    case 'audit':
      return store.listAudit({ ...page, ...period, ...agent })
  }
}

async function recordView(database: string, { from, to, agent, site, device, limit }: ExportFlags): Promise<void> {
  const store = await openDatabase(database, { readonly: false })
  const details = { export: true, from, to, agent, site, device, limit }
  await recordAuditView(store, details).finally(() => store.close())
}
