// Vue 3: `import type {} from 'sanctum4j-ui/vue'`, once in an application.

import type { HTMLAttributes, PublicProps } from 'vue'
import type { Form, SanctumAttributes, SanctumElement, SanctumEvents, SanctumTokens, SanctumTokensAttributes, Sentences } from './tokens.js'

type Pascal<S extends string> = S extends `${infer Head}-${infer Rest}` ? `${Capitalize<Head>}${Pascal<Rest>}` : Capitalize<S>
type Listeners = { [E in keyof SanctumEvents as `on${Pascal<E>}`]?: (event: SanctumEvents[E]) => void }
type Of<E extends SanctumElement, A> = new () => E & {
  $props: Omit<HTMLAttributes, keyof A> & PublicProps & A & Listeners & { texts?: Sentences }
}

declare module 'vue' {
  interface GlobalComponents {
    'sanctum-tokens': Of<SanctumTokens, SanctumTokensAttributes & { forms?: Form[] }>
    'sanctum-sessions': Of<SanctumElement, SanctumAttributes>
    'sanctum-password': Of<SanctumElement, SanctumAttributes>
    'sanctum-approve': Of<SanctumElement, SanctumAttributes>
    'sanctum-requests': Of<SanctumElement, SanctumAttributes>
  }
}
