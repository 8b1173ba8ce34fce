const PLACEHOLDERS = [
  'unknown',
  'none',
  'null',
  'n/a',
  'not available',
  'not set',
  'serial',
  'serialnumber',
  'serial_number',
  'default',
  'undefined',
]

/** True unless a serial number is a placeholder: too short, one character repeated, counting up, or a word for nothing. */
export function isRealSerial(text: string): boolean {
  if (text.length < 4 || text.length > 64) return false
  const core = text.replace(/[\s\-_./:]/g, '').toLowerCase()
  if (core.length < 4 || !/[0-9]/.test(core) || /^(.)\1*$/.test(core)) return false
  if ('01234567890123456789'.includes(core) || /^1234567890*$/.test(core) || /^x+\d?$/.test(core)) return false
  return !PLACEHOLDERS.includes(text.trim().toLowerCase())
}
