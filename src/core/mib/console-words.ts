/** How printers say on their panel that they sleep, in the languages that they speak. */
const ASLEEP = [
  'sleep',
  'power save',
  'powersave',
  'power saver',
  'energy save',
  'energy saver',
  'schlaf',
  'ruhezustand',
  'energiespar',
  'veille',
  'sommeil',
  'reposo',
  'suspensión',
  'ahorro de energ',
  'riposo',
  'risparmio energ',
  'repouso',
  'economia de energia',
  'slaapstand',
  'energiebesparing',
  'uśpienia',
  'oszczędzania energii',
  'spánku',
  'dvale',
  'strømspar',
  'viloläge',
  'lepotila',
  'uyku',
  'спящ',
  'режим сна',
  'энергосбер',
  'スリープ',
  '节能',
  '休眠',
  '睡眠',
]

/** True when a line of a printer's display says that it sleeps. */
export function saysAsleep(line: string): boolean {
  const lower = line.toLowerCase()
  return ASLEEP.some((word) => lower.includes(word))
}
