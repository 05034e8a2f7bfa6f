import { CUSTOM_ELEMENTS_SCHEMA, Component, signal } from '@angular/core'
import { bootstrapApplication } from '@angular/platform-browser'
import 'sanctum4j-ui'

@Component({
  selector: 'app-settings',
  schemas: [CUSTOM_ELEMENTS_SCHEMA], // Angular knows no elements but its own
  template: `
    <main>
      <h1>Settings</h1>
      <sanctum-tokens lang="en" [texts]="texts" (sanctum-created)="made.set($event.detail.name)"></sanctum-tokens>
      @if (made()) {
        <p role="status">You have made “{{ made() }}”.</p>
      }
    </main>
  `,
})
class Settings {
  readonly texts = { create: 'New key' }
  readonly made = signal('')
}

bootstrapApplication(Settings)
