import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'

const TEXTS = { en: { create: 'New key' }, de: { create: 'Neuer Schlüssel' } }

/** Attributes and `texts` are props of the element, and what somebody types in its dialogs outlives every render. */
function Settings() {
  const [language, setLanguage] = useState('en')
  return (
    <main>
      <h1>Settings</h1>
      <label>
        Language{' '}
        <select value={language} onChange={(event) => setLanguage(event.target.value)}>
          <option value="en">English</option>
          <option value="de">Deutsch</option>
        </select>
      </label>
      <sanctum-tokens lang={language} texts={TEXTS[language]}></sanctum-tokens>
    </main>
  )
}

createRoot(document.querySelector('#app')).render(<StrictMode><Settings /></StrictMode>)
