import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'

const file = (name: string) => JSON.stringify(new URL(`../../src/core/lifecycle/${name}.ts`, import.meta.url).href)

/** A process of its own, because signals are for processes. */
function start(script: string) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exit = once(child, 'exit')
  return { child, exit, next: async () => (await lines.next()).value as string | undefined }
}

const STOP = `
  import { listenForStop } from ${file('stop-signal')}
  const { signal, dispose } = listenForStop()
  signal.addEventListener('abort', () => console.log('asked by ' + signal.reason))
  const timer = setInterval(() => undefined, 1000)
  process.on('SIGUSR2', () => { clearInterval(timer); dispose() })
  console.log('ready')
`

test.each(['SIGTERM', 'SIGINT'] as const)('%s asks first, and ends at once the second time', async (name) => {
  const { child, exit, next } = start(STOP)
  expect(await next()).toBe('ready')
  child.kill(name)
  expect(await next()).toBe(`asked by ${name}`)
  // sent to the process and to its group, it is one signal still
  child.kill(name)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(child.exitCode).toBeNull()
  child.kill(name)
  expect(await exit).toEqual([130, null])
})

test('after dispose a signal does what it does without us', async () => {
  const { child, exit, next } = start(`${STOP}
    process.on('exit', () => console.log('left by itself'))
  `)
  await next()
  child.kill('SIGUSR2')
  expect(await next()).toBe('left by itself')
  expect(await exit).toEqual([0, null])
})

test('SIGHUP: one reload after the other; signals that come during one are one more', async () => {
  const { child, next } = start(`
    import { listenForReload } from ${file('reload-signal')}
    import { once } from 'node:events'
    let runs = 0
    listenForReload(async () => {
      const asked = once(process, 'SIGUSR2')
      console.log('begins ' + ++runs)
      await asked
      console.log('ends ' + runs)
    })
    setInterval(() => undefined, 1000)
    process.on('SIGHUP', () => console.log('heard'))
    console.log('ready')
  `)
  const said: Array<string | undefined> = [await next()]
  const hangUp = async (lines: number) => {
    child.kill('SIGHUP')
    for (let i = 0; i < lines; i++) said.push(await next())
  }
  await hangUp(2)
  await hangUp(1)
  await hangUp(1)
  child.kill('SIGUSR2')
  said.push(await next(), await next())
  child.kill('SIGUSR2')
  said.push(await next())
  await hangUp(2)
  expect(said).toEqual([
    'ready',
    'begins 1',
    'heard',
    'heard',
    'heard',
    'ends 1',
    'begins 2',
    'ends 2',
    'begins 3',
    'heard',
  ])
})
