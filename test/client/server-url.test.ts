import { describe, expect, it } from 'vitest'
import { apiBase, judgeServerUrl, showServerUrl } from '../../src/core/client/server-url.ts'

describe('judgeServerUrl', () => {
  it.each([
    ['https://printers.example', 'https://printers.example/api/v1'],
    ['https://printers.example:9090/', 'https://printers.example:9090/api/v1'],
    ['https://printers.example/below/it//', 'https://printers.example/below/it/api/v1'],
    ['http://localhost:9090', 'http://localhost:9090/api/v1'],
    ['http://[::1]:9090', 'http://[::1]:9090/api/v1'],
    ['HTTP://127.9.9.9', 'http://127.9.9.9/api/v1'],
  ])('takes %s', (text, base) => {
    const url = judgeServerUrl(text, false)
    expect(url).toBeInstanceOf(URL)
    expect(apiBase(url as URL)).toBe(base)
  })

  it.each([
    ['printers.example', 'no_url'],
    ['ws://printers.example', 'no_url'],
    ['https://a:b@printers.example', 'has_credentials'],
    ['https://printers.example/?x', 'has_query'],
    ['https://printers.example/#x', 'has_query'],
    ['http://printers.example', 'plaintext'],
    ['http://127.0.0.1.example', 'plaintext'],
  ])('refuses %s: %s', (text, fault) => {
    expect(judgeServerUrl(text, false)).toBe(fault)
  })

  it.each([
    ['https://a:b@printers.example/x', 'https://printers.example/x'],
    ['https://printers.example', 'https://printers.example'],
    ['ftp://a:b@printers.example', 'ftp://printers.example/'],
    ['ws://a:b@printers.example:1/x?key=c#d', 'ws://printers.example:1/x'],
    ['https://printers.example/?key=c', 'https://printers.example/'],
    ['a:b@printers example', '(hidden)'],
    ['a:b@printers.example', '(hidden)'],
    ['printers.example?key=c', '(hidden)'],
    ['printers example', 'printers example'],
  ])('shows %s as %s', (text, shown) => {
    expect(showServerUrl(text)).toBe(shown)
  })

  it('takes plain HTTP beyond loopback where that is allowed', () => {
    expect(judgeServerUrl('http://printers.example', true)).toBeInstanceOf(URL)
  })
})
