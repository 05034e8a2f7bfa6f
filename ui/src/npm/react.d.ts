// React 19: `import type {} from 'sanctum4j-ui/react'`, once in an application.

import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { Form, SanctumAttributes, SanctumElement, SanctumEvents, SanctumTokens, SanctumTokensAttributes, Sentences } from './tokens.js'

type Listeners = { [E in keyof SanctumEvents as `on${E}`]?: (event: SanctumEvents[E]) => void }
type Of<E extends SanctumElement, A> = Omit<DetailedHTMLProps<HTMLAttributes<E>, E>, keyof A> & A & Listeners & { texts?: Sentences }

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'sanctum-tokens': Of<SanctumTokens, SanctumTokensAttributes> & { forms?: Form[] }
      'sanctum-sessions': Of<SanctumElement, SanctumAttributes>
      'sanctum-password': Of<SanctumElement, SanctumAttributes>
      'sanctum-approve': Of<SanctumElement, SanctumAttributes>
      'sanctum-requests': Of<SanctumElement, SanctumAttributes>
    }
  }
}
