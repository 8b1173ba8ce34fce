import { isIPv6 } from 'node:net'

/** True for what never leaves this machine: `localhost`, 127.0.0.0/8, ::1. Brackets around an IPv6 address may stay. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  if (isIPv6(name)) return /^(0{0,4}:){2,7}0{0,3}1$/.test(name) || /^::ffff:127(\.\d{1,3}){3}$/.test(name)
  return name === 'localhost' || /^127(\.\d{1,3}){3}$/.test(name)
}
