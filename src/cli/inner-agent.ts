import { randomUUID } from 'node:crypto'
import type { UplinkOptions } from '../core/agent/agent-options.ts'
import type { Config } from '../core/config/config.ts'
import { findJournal } from '../core/config/find-database.ts'
import { Secret } from '../core/model/secret.ts'
import { hashToken } from '../core/server/auth/hash-token.ts'
import { makeToken } from '../core/server/auth/make-token.ts'
import { loadCertificate } from '../core/server/load-certificate.ts'
import type { Actor } from '../core/store/store.ts'
import { type AgentHost, hostAgent } from './agent-host.ts'
import { openDatabase } from './open-database.ts'
import { openJournalView } from './open-journal-view.ts'
import type { ServiceLog } from './service-log.ts'

const ACTOR: Actor = { type: 'server', id: 'with-agent', ip_address: null }
/** Registration comes within seconds of the start. */
const ENROLMENT_MS = 600_000

/**
 * Runs an agent inside of the server's process, which reports to that server over its own front door. `[server]` says how
 * often; where the server is, what certificate it has and the token to register with are known here.
 * @param url where the server listens
 * @throws PrintMasterError, StoreError, JournalError
 */
export async function startInnerAgent(
  server: { readonly config: Config; readonly database: string; readonly url: string },
  services: { log: ServiceLog; version: string },
): Promise<AgentHost> {
  const journal = await findJournal(server.config)
  const readUplink = async ({ server: uplink, tls }: Config): Promise<UplinkOptions> => {
    const { agent_id, enrolment_token } = await enrol(journal, server.database, uplink.agent_id)
    return {
      url: nameOwnAddress(server.url),
      // nothing leaves this machine
      allow_plaintext: true,
      agent_id,
      name: uplink.name,
      enrolment_token,
      upload_interval_seconds: uplink.upload_interval_seconds,
      heartbeat_interval_seconds: uplink.heartbeat_interval_seconds,
      tls:
        tls === null
          ? { ca: null, client: null }
          : { ca: (await loadCertificate(tls)).cert.toString('utf8'), client: null, pinned: true },
      proxy: null,
    }
  }
  return hostAgent({ config: server.config, journal }, readUplink, services)
}

/**
 * A token to register with, for this agent, this once; none where the server knows the agent's own token already, be it
 * revoked: that bar is not lifted in passing.
 */
async function enrol(
  path: string,
  database: string,
  configured: string | null,
): Promise<{ agent_id: string | null; enrolment_token: Secret | null }> {
  const journal = await openJournalView(path)
  const known = journal?.recall('agent_id') ?? null
  const token = journal?.recall('agent_token') ?? null
  journal?.close()
  const store = await openDatabase(database, { readonly: false })
  try {
    const isSame = configured === null || configured === known
    if (isSame && token !== null && (await store.findToken(hashToken(token))) !== null) {
      return { agent_id: configured, enrolment_token: null }
    }
    const agent_id = configured ?? known ?? randomUUID()
    const now = Date.now()
    const made = makeToken('enrolment')
    await store.createToken(
      {
        scope: 'enrolment',
        hash: hashToken(made),
        name: 'agent of the server',
        agent_id,
        expires_at: now + ENROLMENT_MS,
        max_uses: 1,
      },
      ACTOR,
      now,
    )
    return { agent_id, enrolment_token: new Secret(made) }
  } finally {
    await store.close()
  }
}

/** The way from this machine to a server that listens on all addresses is loopback. */
function nameOwnAddress(text: string): string {
  const url = new URL(text)
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1'
  if (url.hostname === '[::]') url.hostname = '[::1]'
  return url.origin
}
