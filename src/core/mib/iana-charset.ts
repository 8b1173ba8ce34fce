/**
 * Character sets by MIBenum, the number in prtLocalizationCharacterSet (IANA character-sets registry), as far as there
 * is a decoder for them; by their IANA names in lower case, which the decoder takes. 3 (US-ASCII) and 106 (UTF-8) need no
 * entry: what is either is recognised by itself, and what is not is neither.
 */
export const SINGLE_BYTE_SETS: Readonly<Record<number, string>> = {
  4: 'iso-8859-1',
  5: 'iso-8859-2',
  6: 'iso-8859-3',
  7: 'iso-8859-4',
  8: 'iso-8859-5',
  9: 'iso-8859-6',
  10: 'iso-8859-7',
  11: 'iso-8859-8',
  12: 'iso-8859-9',
  13: 'iso-8859-10',
  81: 'iso-8859-6',
  82: 'iso-8859-6',
  84: 'iso-8859-8',
  85: 'iso-8859-8',
  109: 'iso-8859-13',
  110: 'iso-8859-14',
  111: 'iso-8859-15',
  112: 'iso-8859-16',
  2004: 'hp-roman8',
  2009: 'ibm850',
  2010: 'ibm852',
  2011: 'ibm437',
  2013: 'ibm862',
  2027: 'macintosh',
  2046: 'ibm855',
  2047: 'ibm857',
  2048: 'ibm860',
  2049: 'ibm861',
  2050: 'ibm863',
  2051: 'ibm864',
  2052: 'ibm865',
  2054: 'ibm869',
  2084: 'koi8-r',
  2086: 'ibm866',
  2087: 'ibm775',
  2088: 'koi8-u',
  2089: 'ibm858',
  2250: 'windows-1250',
  2251: 'windows-1251',
  2252: 'windows-1252',
  2253: 'windows-1253',
  2254: 'windows-1254',
  2255: 'windows-1255',
  2256: 'windows-1256',
  2257: 'windows-1257',
  2258: 'windows-1258',
  2259: 'tis-620',
}

/** Sets of one and two bytes: bytes that were not written in them seldom fit their structure. */
export const MULTI_BYTE_SETS: Readonly<Record<number, string>> = {
  17: 'shift_jis',
  18: 'euc-jp',
  38: 'euc-kr',
  113: 'gbk',
  114: 'gb18030',
  2024: 'windows-31j',
  2025: 'gb2312',
  2026: 'big5',
  2101: 'big5-hkscs',
}

/** UCS-2 and UTF-16. Where the name leaves the byte order open it is big-endian (RFC 2781 section 4.3). */
export const UTF_16_SETS: Readonly<Record<number, 'utf-16be' | 'utf-16le'>> = {
  1000: 'utf-16be',
  1013: 'utf-16be',
  1014: 'utf-16le',
  1015: 'utf-16be',
}
