'use client'

import { useEffect, useRef, useState } from 'react'
import 'sanctum4j-ui'
import type { SanctumEvents, SanctumTokens } from 'sanctum4j-ui'
import type {} from 'sanctum4j-ui/react'

/** React takes over what a server has rendered without its listeners and properties: they are set once it has. */
export default function Settings() {
  const tokens = useRef<SanctumTokens>(null)
  const [made, setMade] = useState('')
  useEffect(() => {
    const element = tokens.current
    if (!element) return
    const created = ({ detail }: SanctumEvents['sanctum-created']) => setMade(detail.name)
    element.texts = { create: 'New key' }
    element.addEventListener('sanctum-created', created)
    return () => element.removeEventListener('sanctum-created', created)
  }, [])
  return (
    <main>
      <h1>Settings</h1>
      <sanctum-tokens ref={tokens} />
      {made && <p role="status">You have made “{made}”.</p>}
    </main>
  )
}
