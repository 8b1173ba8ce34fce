import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { ALERT_KINDS } from '../../src/core/protocol/alerts.ts'
import { DEFAULT_DAYS } from '../../src/core/retention/retention-options.ts'
import { hashToken } from '../../src/core/server/auth/hash-token.ts'
import { makeToken } from '../../src/core/server/auth/make-token.ts'
import { HTTP_TIMES, type HttpTimes } from '../../src/core/server/limits/http-limits.ts'
import { LIVE_SETTINGS, type LiveSettings } from '../../src/core/server/live/live-settings.ts'
import { PRESENCE_TIMES, type PresenceTimes } from '../../src/core/server/presence/presence-monitor.ts'
import type { ServerOptions } from '../../src/core/server/server-options.ts'
import { type RunningServer, startServer } from '../../src/core/server/start-server.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import type { NewToken, Store } from '../../src/core/store/store.ts'

export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly text: string
  /** The JSON of the answer. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any
}

export interface Call {
  readonly method?: string
  readonly token?: string | null
  /** An object is sent as JSON; text and bytes as they are. */
  readonly body?: unknown
  readonly headers?: Record<string, string>
}

export interface LogLine {
  readonly level: string
  readonly fields: Record<string, unknown>
  readonly message: string
}

export interface TestServer {
  readonly url: string
  readonly options: ServerOptions
  readonly server: RunningServer
  /** The same database by a connection of its own, as another process has it. */
  readonly store: Store
  readonly log: readonly LogLine[]
  /** A line that begins so, once there is one. */
  logged(message: string): Promise<LogLine>
  call(path: string, call?: Call): Promise<Answer>
  /** A token made behind the server's back. */
  makeToken(scope: NewToken['scope'], more?: Partial<NewToken>): Promise<{ token: string; token_id: string }>
  enrol(agent_id?: string): Promise<{ agent_id: string; token: string }>
}

export interface TestOptions {
  readonly options?: (defaults: ServerOptions) => ServerOptions
  readonly times?: Partial<HttpTimes>
  readonly live?: Partial<LiveSettings>
  readonly presence?: Partial<PresenceTimes>
  readonly now?: () => number
  readonly monotonic?: () => number
}

export const LOCAL = { type: 'local', id: 'tester', ip_address: null } as const

type AtEnd = (clean: () => unknown) => void
const withTest: AtEnd = (clean) =>
  onTestFinished(async () => {
    await clean()
  })

/** An empty directory that goes away with the test. */
export function createDirectory(atEnd: AtEnd = withTest): string {
  const directory = mkdtempSync(join(tmpdir(), 'printmaster-'))
  atEnd(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** One server for all tests of a `describe` that do not mind each other. */
export function shareTestServer(setup: TestOptions = {}): () => TestServer {
  const cleaners: Parameters<AtEnd>[0][] = []
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(setup, (clean) => void cleaners.unshift(clean))
  })
  afterAll(async () => {
    for (const clean of cleaners) await clean()
  })
  return () => server
}

export function defaultOptions(database: string): ServerOptions {
  return {
    listen: { address: '127.0.0.1', port: 0, trusted_proxies: [], max_connections: 1000, allow_plaintext: false },
    tls: null,
    database,
    limits: { requests_per_second: 1000, burst: 1000, refused_attempts: 1000 },
    offline_after_seconds: 90,
    missed_heartbeats: 3,
    alerts: {
      enabled: false,
      kinds: ALERT_KINDS,
      low_percent: 10,
      agent_offline_after_seconds: 60,
      device_offline_after_seconds: 300,
      error_after_seconds: 120,
      quiet_minutes: 15,
      channels: [],
    },
    retention: {
      ...DEFAULT_DAYS,
      hour: null,
      archive: { kind: 'directory', directory: null },
    },
    audit_key: null,
    device_metrics: false,
    enrolment_token: null,
  }
}

/** A server on a free port with a database of its own; both go away with the test. */
export async function startTestServer(setup: TestOptions = {}, atEnd: AtEnd = withTest): Promise<TestServer> {
  const directory = createDirectory(atEnd)
  const defaults = defaultOptions(join(directory, 'printmaster.db'))
  const options = setup.options?.(defaults) ?? defaults
  const log: LogLine[] = []
  const written = new EventEmitter()
  const write = (level: string) => (fields: object, message: string) => {
    log.push({ level, fields: fields as Record<string, unknown>, message })
    written.emit('line')
  }
  const logged = async (message: string): Promise<LogLine> => {
    const find = () => log.findLast((line) => line.message.startsWith(message))
    for (let line = find(); ; line = find()) {
      if (line !== undefined) return line
      await once(written, 'line')
    }
  }
  const server = await startServer(options, {
    log: { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') },
    now: setup.now ?? Date.now,
    ...(setup.monotonic && { monotonic: setup.monotonic }),
    times: { ...HTTP_TIMES, ...setup.times },
    live_settings: { ...LIVE_SETTINGS, ...setup.live },
    presence_times: { ...PRESENCE_TIMES, ...setup.presence },
  })
  const store = openSqliteStore(options.database)
  const agent = new Agent({ connect: { rejectUnauthorized: false } })
  atEnd(async () => {
    await agent.destroy()
    await server.close()
    await store.close()
  })
  const call = async (path: string, { method, token, body, headers = {} }: Call = {}): Promise<Answer> => {
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
    const answer = await request(server.url + path, {
      dispatcher: agent,
      method: (method ?? (body === undefined ? 'GET' : 'POST')) as 'GET',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token != null && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as string) : JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    const isJson = String(answer.headers['content-type']).startsWith('application/json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : null,
    }
  }
  const create: TestServer['makeToken'] = async (scope, more = {}) => {
    const token = makeToken(scope)
    const { token_id } = await store.createToken(
      { scope, hash: hashToken(token), name: null, agent_id: null, expires_at: null, max_uses: null, ...more },
      LOCAL,
      Date.now(),
    )
    return { token, token_id }
  }
  const enrol = async (agent_id: string = randomUUID()) => {
    const { token } = await create('enrolment')
    const answer = await call('/api/v1/agents/register', { token, body: { agent_id } })
    if (answer.status !== 200) throw new Error(`registration: ${answer.text}`)
    return { agent_id, token: answer.body.token as string }
  }
  return { url: server.url, options, server, store, log, logged, call, makeToken: create, enrol }
}
