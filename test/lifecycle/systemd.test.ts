import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { findServiceManager } from '../../src/core/lifecycle/systemd.ts'
import { openNotifySocket } from './notify-socket.ts'

const refuseWarning = (sentence: string) => {
  throw new Error(sentence)
}

test('states reach a real notify socket, in order, each as one message', async () => {
  const socket = await openNotifySocket()
  const manager = findServiceManager({ NOTIFY_SOCKET: socket.path, PATH: process.env.PATH }, refuseWarning)
  const before = process.hrtime.bigint() / 1000n
  await Promise.all([
    manager.ready('listening on http://127.0.0.1:9090,\n3 agents active'),
    manager.status('all well'),
    manager.alive(),
    manager.reloading(),
    manager.ready('again'),
    manager.stopping('finishing'),
  ])
  await socket.received('STOPPING=1')
  const [ready, status, alive, reloading, again, stopping] = socket.messages
  expect(ready).toEqual(['READY=1', 'STATUS=listening on http://127.0.0.1:9090, 3 agents active'])
  expect([status, alive]).toEqual([['STATUS=all well'], ['WATCHDOG=1']])
  expect(reloading?.[0]).toBe('RELOADING=1')
  // systemd holds it against its own CLOCK_MONOTONIC
  const clock = 'import time; print(time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000)'
  const after = BigInt(execFileSync('python3', ['-c', clock], { encoding: 'utf8' }).trim())
  const monotonic = BigInt(reloading?.[1]?.replace('MONOTONIC_USEC=', '') ?? 0)
  expect(monotonic >= before && monotonic <= after).toBe(true)
  expect([again, stopping]).toEqual([
    ['READY=1', 'STATUS=again'],
    ['STOPPING=1', 'STATUS=finishing'],
  ])
})

test('without NOTIFY_SOCKET nothing is run', async () => {
  const manager = findServiceManager({ WATCHDOG_USEC: '1000000' }, refuseWarning, '/does/not/exist')
  expect([manager.isThere, manager.watchdogInterval]).toEqual([false, null])
  await manager.ready('listening')
  await manager.alive()
})

test.each([
  ['half of the limit', { WATCHDOG_USEC: '30000000' }, 15_000],
  ['for this process', { WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) }, 15_000],
  ['for another process', { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }, null],
  ['no watchdog', {}, null],
  ['nonsense', { WATCHDOG_USEC: 'soon' }, null],
  ['zero', { WATCHDOG_USEC: '0' }, null],
])('the watchdog wants a sign of life every: %s', (_what, env, interval) => {
  expect(findServiceManager({ NOTIFY_SOCKET: '/x', ...env }, refuseWarning).watchdogInterval).toBe(interval)
})

test('a systemd-notify that is not there or fails is told once', async () => {
  const warnings: string[] = []
  const warn = (sentence: string) => void warnings.push(sentence)
  const missing = findServiceManager({ NOTIFY_SOCKET: '/x', PATH: '/nowhere' }, warn)
  await missing.ready('a')
  await missing.status('b')
  expect(warnings).toEqual(['cannot tell systemd the state of the service: there is no program systemd-notify'])

  const deaf = findServiceManager({ NOTIFY_SOCKET: '/no/such/socket', PATH: process.env.PATH }, warn)
  await deaf.ready('a')
  await deaf.status('b')
  expect(warnings).toHaveLength(2)
  expect(warnings[1]).toMatch(/^cannot tell systemd the state of the service: .+/)
})
