import { expect, test } from 'vitest'
import { isLoopback } from '../../src/core/model/is-loopback.ts'

test.each(['127.0.0.1', '127.8.9.10', 'localhost', 'LOCALHOST', '::1', '[::1]', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
  '%s stays on this machine',
  (host) => expect(isLoopback(host)).toBe(true),
)

test.each([
  '0.0.0.0',
  '::',
  '[::]',
  '128.0.0.1',
  '127.example',
  'localhost.example',
  '127.0.0.1.example',
  '::2',
  '1::1',
  'fe80::1',
  '::ffff:10.0.0.1',
  '',
])('%j does not', (host) => expect(isLoopback(host)).toBe(false))
