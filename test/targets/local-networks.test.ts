import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { expandTargets } from '../../src/core/targets/expand-targets.ts'
import { listLocalNetworks } from '../../src/core/targets/local-networks.ts'

function ipv4(cidr: string | null, internal = false): NetworkInterfaceInfo {
  const address = cidr?.split('/')[0] ?? '10.0.0.1'
  return { family: 'IPv4', address, netmask: '', mac: '', internal, cidr }
}
const ipv6: NetworkInterfaceInfo = {
  family: 'IPv6',
  address: 'fe80::1',
  netmask: '',
  mac: '',
  internal: false,
  cidr: 'fe80::1/64',
  scopeid: 2,
}

test('each IPv4 network once, none of loopback, IPv6 or a link to oneself', () => {
  const { targets, notices } = listLocalNetworks({
    lo: [ipv4('127.0.0.1/8', true)],
    eth0: [ipv4('192.168.1.20/24'), ipv6],
    wlan0: [ipv4('192.168.1.21/24'), ipv4('10.9.8.7/22')],
    tun0: [ipv4('10.5.5.5/32')],
    odd0: [ipv4(null)],
  })
  expect(targets.map(({ text }) => text)).toEqual(['192.168.1.0/24', '10.9.8.0/22'])
  expect(notices).toEqual([])
})

test('a large network is cut to the /22 around the own address, and that is said', () => {
  const { targets, notices } = listLocalNetworks({ eth0: [ipv4('172.16.77.5/16')] })
  expect(targets.map(({ text }) => text)).toEqual(['172.16.76.0/22'])
  expect(expandTargets({ targets }).size).toBe(1022)
  expect(notices).toHaveLength(1)
  expect(notices[0]).toMatch(/eth0 is in 172\.16\.0\.0\/16; only 172\.16\.76\.0\/22/)
})

test('no network is an error of the network, not of usage', () => {
  expect(() => listLocalNetworks({ lo: [ipv4('127.0.0.1/8', true)] })).toThrow(
    expect.objectContaining({
      code: 'network_unreachable',
      isUsage: false,
      message: expect.stringContaining('name a target'),
    }),
  )
})
