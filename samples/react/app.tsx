import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import 'sanctum4j-ui'
import type {} from 'sanctum4j-ui/react'

const TEXTS = { en: { create: 'New key' }, de: { create: 'Neuer Schlüssel' } }

/** Attributes and `texts` are props of the element, and what somebody types in its dialogs outlives every render. */
function Settings() {
  const [language, setLanguage] = useState<'en' | 'de'>('en')
  const [made, setMade] = useState('')
  return (
    <main>
      <h1>Settings</h1>
      <label>
        Language{' '}
        <select value={language} onChange={({ target }) => setLanguage(target.value === 'de' ? 'de' : 'en')}>
          <option value="en">English</option>
          <option value="de">Deutsch</option>
        </select>
      </label>
      <sanctum-tokens lang={language} texts={TEXTS[language]} onsanctum-created={({ detail }) => setMade(detail.name)} />
      {made && <p role="status">You have made “{made}”.</p>}
    </main>
  )
}

createRoot(document.querySelector('#app')!).render(<StrictMode><Settings /></StrictMode>)
