import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * The single executable plays a recording, scans it, brings what it read to its own server, archives, and gives its demo:
 * whatever cannot be bundled shows here.
 */
const root = new URL('..', import.meta.url).pathname
const executable = `${root}build/printmaster`
const recording = `${root}test/recordings/printers/color-laser.snmprec`
const directory = mkdtempSync(join(tmpdir(), 'printmaster-binary-'))
const env = {
  ...process.env,
  PRINTMASTER_DATABASE_PATH: join(directory, 'printmaster.db'),
  XDG_CACHE_HOME: join(directory, 'cache'),
}
const running: ChildProcess[] = []

/** Starts the executable and gives the first match of `pattern` in what it writes. */
async function start(args: readonly string[], output: 'stdout' | 'stderr', pattern: RegExp): Promise<string> {
  const other = output === 'stdout' ? 'inherit' : 'ignore'
  const stdio = output === 'stdout' ? (['ignore', 'pipe', other] as const) : (['ignore', other, 'pipe'] as const)
  const child = spawn(executable, args, { env, stdio: [...stdio] })
  running.push(child)
  const stream = child[output]
  if (stream === null) throw new Error('no output')
  for await (const line of createInterface({ input: stream })) {
    const found = pattern.exec(line)?.[1]
    if (found !== undefined) {
      stream.resume()
      return found
    }
  }
  throw new Error(`printmaster ${args[0]} ended too early`)
}

async function post(url: string, token: string, body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Record<string, unknown>
}

try {
  const port = await start(['simulate', recording, '--listen', '127.78.0.1:0', '--json'], 'stdout', /"port":(\d+)/)
  const output = execFileSync(executable, ['scan', '127.78.0.1', '--port', port, '--json'], { encoding: 'utf8', env })
  const [printer] = JSON.parse(output)
  if (!printer?.serial) throw new Error(`the executable did not read the played printer: ${output}`)
  console.log(`the executable read ${printer.manufacturer} ${printer.model}, serial ${printer.serial}`)

  const createToken = (scope: string) =>
    execFileSync(executable, ['token', 'create', '--scope', scope], {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  const enrolment = createToken('enrolment')
  const url = await start(['server', '--listen', '127.0.0.1:0'], 'stderr', /(http:\/\/127\.0\.0\.1:\d+)/)
  const { token } = await post(`${url}/api/v1/agents/register`, enrolment, {})
  const sampled_at = new Date(Date.now() - 60 * 86_400_000).toISOString()
  await post(`${url}/api/v1/metrics/batch`, String(token), { metrics: [{ ...printer, sampled_at }] })
  await post(`${url}/api/v1/metrics/batch`, String(token), { metrics: [printer] })
  const answer = await fetch(`${url}/api/v1/devices`, { headers: { authorization: `Bearer ${createToken('viewer')}` } })
  const { devices } = (await answer.json()) as { devices: { serial: string; page_count: number }[] }
  if (devices[0]?.serial !== printer.serial || devices[0]?.page_count !== printer.page_count) {
    throw new Error(`the server of the executable does not have the printer: ${JSON.stringify(devices)}`)
  }
  console.log(`its server holds serial ${devices[0]?.serial}, ${devices[0]?.page_count} pages`)

  // its client of S3 has got as far as the network
  const s3 = { ARCHIVE: 's3', S3_BUCKET: 'printers', S3_ENDPOINT: 'http://127.0.0.1:9', S3_REGION: 'us-east-1' }
  const keys = { S3_ACCESS_KEY_ID: 'nobody', S3_SECRET_ACCESS_KEY: 'none' }
  const settings = Object.entries({ ...s3, ...keys }).map(([key, value]) => [`PRINTMASTER_RETENTION_${key}`, value])
  const archived = spawnSync(executable, ['retention', 'run'], {
    encoding: 'utf8',
    env: { ...env, ...Object.fromEntries(settings) },
  })
  if (archived.status !== 1 || !archived.stderr.includes('nothing listens there')) {
    throw new Error(`it did not ask the store for archives: ${archived.stdout}${archived.stderr}`)
  }
  console.log('its archives would go to S3')

  const tour = execFileSync(executable, ['demo', '--duration', '5'], { encoding: 'utf8', env, stdio: 'pipe' })
  const told = /^In .+ pages? printed, .+$/m.exec(tour)?.[0]
  if (told === undefined) throw new Error(`its demo did not come to its end:\n${tour}`)
  console.log(`its demo: ${told}`)
} finally {
  for (const child of running) {
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    await exited
  }
  rmSync(directory, { recursive: true, force: true })
}
