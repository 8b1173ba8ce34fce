import { afterEach, expect, it, vi } from 'vitest'
import { SocketPool } from '../../src/core/snmp/socket-pool.ts'

const pools: SocketPool[] = []
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})
const poolOf = (most: number): SocketPool => {
  const pool = new SocketPool(4, most, () => undefined)
  pools.push(pool)
  return pool
}

it('keeps to one socket as long as the system takes what is sent', async () => {
  const pool = poolOf(4)
  expect(pool.clear()).toBeNull()
  const first = await pool.open()
  for (let i = 0; i < 200; i++) {
    expect(pool.clear()).toBe(first)
    first.send(Buffer.alloc(60), 9, '127.77.2.1')
  }
  expect(await pool.countOverflow()).toBe(0)
})

it('goes on with another socket while the system holds back what was sent, up to its limit', async () => {
  const pool = poolOf(2)
  const first = await pool.open()
  // as it is with datagrams that wait for an answer to ARP
  const held = vi.spyOn(first, 'getSendQueueCount').mockReturnValue(3)
  expect(pool.clear()).toBeNull()
  const second = await vi.waitUntil(() => pool.clear())
  expect(second).not.toBe(first)
  vi.spyOn(second, 'getSendQueueCount').mockReturnValue(1)
  expect(pool.clear()).toBeNull()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(pool.clear()).toBeNull()
  held.mockReturnValue(0)
  expect(pool.clear()).toBe(first)
})
