/** What goes to the webhook of what administrators are mailed. Pure. */
import type { PendingAlert } from '../storage/alerts';
import { alertIdFor } from './alert-id';

/** The same alert for the webhook, under an id of its own. */
export function webhookAlert(mailAlert: PendingAlert): PendingAlert {
  const id = alertIdFor('webhook', mailAlert.id);
  return { ...mailAlert, id, channel: 'webhook', to: [], html: '', attachments: [] };
}
