import { Button } from "govuk-frontend/dist/govuk/components/button/button.mjs";
import { CharacterCount } from "govuk-frontend/dist/govuk/components/character-count/character-count.mjs";
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";
import { NotificationBanner } from "govuk-frontend/dist/govuk/components/notification-banner/notification-banner.mjs";
import { ServiceNavigation } from "govuk-frontend/dist/govuk/components/service-navigation/service-navigation.mjs";
import { SkipLink } from "govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs";
import { address } from "./address.js";
import { alarms } from "./alarms.js";
import { copies } from "./copies.js";
import { drafts } from "./drafts.js";
import { drops } from "./drops.js";
import { forms } from "./forms.js";
import { here } from "./here.js";
import { keys } from "./keys.js";
import { lists } from "./lists.js";
import { passkeys } from "./passkeys.js";
import { reveal } from "./reveal.js";
import { session } from "./session.js";

// Old browsers keep the plain page, which does everything.
if (document.documentElement.classList.contains("govuk-frontend-supported")) {
  document.body.classList.add("govuk-frontend-supported");
  for (const Part of [Button, CharacterCount, ErrorSummary, NotificationBanner, ServiceNavigation, SkipLink]) {
    for (const element of document.querySelectorAll(`[data-module="${Part.moduleName}"]`)) new Part(element);
  }
  address();
  drops();
  forms();
  drafts();
  here();
  keys();
  reveal();
  passkeys();
  session();
  alarms();
  lists();
  copies();
}
