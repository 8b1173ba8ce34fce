import { readFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { Agent, type Dispatcher } from 'undici'
import { createRandom, type Random } from '../../../src/core/snmp/player/random.ts'
import type { ServerProcess } from '../server-process.ts'
import { generateAnything, generateValue, type Schema } from './generate-value.ts'

const CONNECTIONS = 8
const MAX_FAULTS = 20
/** Half of the requests are nearly right, so that they get past the checks; the others are wrong somewhere. */
const WRONG_SHARES = [0.001, 0.08]
/** What answers showed is asked for again: ids of devices, agents and of tokens that requests of the fuzz made. */
const REMEMBERED = 200

export interface FuzzTokens {
  readonly admin: string
  readonly viewer: string
  readonly enrolment: string
  readonly agent: string
}

export interface FuzzReport {
  readonly requests: number
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** Operations that were asked, as `METHOD /path`, with how many of them were answered below 300. */
  readonly operations: Readonly<Record<string, number>>
  /** Resident memory of the server in MB after the first half and at the end. */
  readonly megabytes: readonly [half: number, end: number]
  readonly faults: readonly string[]
}

interface Operation {
  readonly method: Dispatcher.HttpMethod
  readonly path: string
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[]
  readonly body: Schema | null
}

interface FuzzRequest {
  readonly method: Dispatcher.HttpMethod
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Buffer | null
}

/** Asks every operation that the server's own OpenAPI page lists, with values from its schemas and beside them. */
export async function fuzzRoutes(
  server: ServerProcess,
  tokens: FuzzTokens,
  requests: number,
  seed: number,
): Promise<FuzzReport> {
  const client = new Agent({ connections: CONNECTIONS, headersTimeout: 30_000, bodyTimeout: 30_000 })
  const operations = await readOperations(server, client, tokens)
  const statuses: Record<string, number> = {}
  const successes: Record<string, number> = Object.fromEntries(
    operations.map(({ method, path }) => [`${method} ${path}`, 0]),
  )
  const faults: string[] = []
  const known: Known = { device_id: [], agent_id: ['fuzzed'], token_id: [], command_id: [] }
  let half = 0
  let next = 0
  const work = async () => {
    while (next < requests && faults.length < MAX_FAULTS) {
      const index = next++
      if (index === Math.floor(requests / 2)) half = readMemory(server)
      const random = createRandom(seed + index)
      const operation = operations[index % operations.length] as Operation
      const request = composeRequest(operation, tokens, known, random)
      const label = `${operation.method} ${operation.path}`
      try {
        const answer = await client.request({ origin: server.url, ...request })
        const text = await answer.body.text()
        statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1
        if (answer.statusCode < 300) successes[label] = (successes[label] ?? 0) + 1
        const fault = judge(answer.statusCode, String(answer.headers['content-type']), text)
        if (fault !== null) faults.push(`request ${index} (seed ${seed}), ${label}: ${fault}`)
        remember(known, label, text)
      } catch (error) {
        faults.push(`request ${index} (seed ${seed}), ${label}: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work))
  const end = readMemory(server)
  await client.close()
  return { requests: next, statuses, operations: successes, megabytes: [half, end], faults }
}

async function readOperations({ url }: ServerProcess, dispatcher: Agent, { viewer }: FuzzTokens): Promise<Operation[]> {
  const answer = await dispatcher.request({
    origin: url,
    path: '/api/v1/openapi.json',
    method: 'GET',
    headers: { authorization: `Bearer ${viewer}` },
  })
  const { paths } = (await answer.body.json()) as {
    paths: Record<
      string,
      Record<
        string,
        { parameters?: Operation['parameters']; requestBody?: { content: Record<string, { schema: Schema }> } }
      >
    >
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase() as Dispatcher.HttpMethod,
      path,
      parameters,
      body: requestBody?.content['application/json']?.schema ?? null,
    })),
  )
}

type Known = Record<'device_id' | 'agent_id' | 'token_id' | 'command_id', string[]>

function remember(known: Known, label: string, text: string): void {
  const names =
    label === 'POST /api/v1/tokens' ? (['token_id'] as const) : (['device_id', 'agent_id', 'command_id'] as const)
  for (const name of names) {
    for (const [, id] of text.slice(0, 20_000).matchAll(new RegExp(`"${name}":"([^"\\\\]+)"`, 'g'))) {
      if (known[name].length < REMEMBERED) known[name].push(id as string)
    }
  }
}

function composeRequest(
  { method, path, parameters, body }: Operation,
  tokens: FuzzTokens,
  known: Known,
  random: Random,
): FuzzRequest {
  const wrong = WRONG_SHARES[Math.floor(random() * WRONG_SHARES.length)] as number
  const text = ({ name, schema }: Operation['parameters'][number]) => {
    const ids = known[name as keyof Known] ?? []
    const value =
      random() < 0.6 && ids.length > 0 ? ids[Math.floor(random() * ids.length)] : generateValue(schema, random, wrong)
    return encodeURIComponent(String(value).slice(0, 200).toWellFormed())
  }
  const filled = path.replace(
    /\{(\w+)\}/g,
    (_, name) => text({ in: 'path', schema: {}, ...parameters.find((one) => one.name === name), name }) || 'x',
  )
  const query = parameters
    .filter((one) => one.in === 'query' && random() < 0.2)
    .map((one) => `${one.name}=${text(one)}`)
    .join('&')
  const headers: Record<string, string> = { ...composeToken(method, path, tokens, random) }
  let bytes: Buffer | null = null
  if (body !== null) {
    bytes = composeBody(withToken(body, tokens), random, wrong)
    headers['content-type'] = random() < 0.02 ? 'text/plain' : 'application/json'
    bytes = pack(bytes, headers, random)
  }
  return { method, path: query === '' ? filled : `${filled}?${query}`, headers, body: bytes }
}

/** The token that the operation wants, most of the time. */
function composeToken(method: string, path: string, tokens: FuzzTokens, random: Random): Record<string, string> {
  if (random() < 0.01) return {}
  if (random() < 0.01) return { authorization: 'Bearer pm_agent_wrong' }
  const isAgent = /heartbeat|batch|audit\/log/.test(path)
  const usual = path.includes('register') ? tokens.enrolment : isAgent ? tokens.agent : tokens.admin
  const token = random() < 0.03 ? Object.values(tokens)[Math.floor(random() * 4)] : usual
  return {
    authorization: `Bearer ${token}`,
    ...(isAgent && random() < 0.02 && method === 'POST' && { 'x-agent-id': 'other' }),
  }
}

/** The older way to register has the enrolment token in its body. */
function withToken(schema: Schema, { enrolment }: FuzzTokens): Schema {
  if (schema.properties?.token === undefined) return schema
  return { ...schema, properties: { ...schema.properties, token: { const: enrolment } } }
}

function composeBody(schema: Schema, random: Random, wrong: number): Buffer {
  const text = JSON.stringify(random() < wrong ? generateAnything(random) : generateValue(schema, random, wrong)) ?? ''
  if (random() > 0.04) return Buffer.from(text)
  const bytes = Buffer.from(text)
  if (random() < 0.5) return bytes.subarray(0, Math.floor(random() * bytes.length))
  for (let i = 0; i < 3 && bytes.length > 0; i++)
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
  return bytes
}

function pack(bytes: Buffer, headers: Record<string, string>, random: Random): Buffer {
  const kind = Math.floor(random() * 40)
  if (kind === 0) headers['content-encoding'] = 'compress'
  if (kind === 1) headers['content-encoding'] = 'gzip' // and it is not
  if (kind === 2) headers['content-digest'] = 'sha-256=:AAAA:'
  if (kind === 3) headers['sent-at'] = 'half past nine'
  if (kind > 3 && kind < 8) return label(headers, 'gzip', gzipSync(bytes))
  if (kind === 8) return label(headers, 'br', brotliCompressSync(bytes.subarray(0, 10_000)))
  if (kind === 9) return label(headers, 'zstd', zstdCompressSync(bytes))
  return bytes
}

function label(headers: Record<string, string>, encoding: string, bytes: Buffer): Buffer {
  headers['content-encoding'] = encoding
  return bytes
}

/** What is wrong with an answer; null when nothing is. Being refused is right, falling over is not. */
function judge(status: number, type: string, text: string): string | null {
  if (status >= 500) return `${status} ${text.slice(0, 300)}`
  if (status < 400) return null
  if (!type.startsWith('application/json')) return `${status} as ${type}`
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown } }
    return typeof error?.code === 'string' && typeof error.message === 'string'
      ? null
      : `${status} ${text.slice(0, 300)}`
  } catch {
    return `${status} is not JSON: ${text.slice(0, 100)}`
  }
}

function readMemory({ child }: ServerProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'latin1')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024)
}
