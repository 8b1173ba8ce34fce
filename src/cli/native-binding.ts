/** What SQLite needs inside the single executable, as an option to spread; empty elsewhere. @throws StoreError */
export async function loadNativeBinding(): Promise<{ nativeBinding?: object }> {
  const { loadAddon, unpackAddon } = await import('../core/store/sqlite/native-addon.ts')
  const addon = unpackAddon()
  return addon === null ? {} : { nativeBinding: loadAddon(addon) }
}
