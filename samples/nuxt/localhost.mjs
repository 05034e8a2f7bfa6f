// Browsers know every name below localhost; this lets Node know them too, for what is rendered on the server.
import dns from 'node:dns'

const lookup = dns.lookup
dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? 'localhost' : name, ...rest)
