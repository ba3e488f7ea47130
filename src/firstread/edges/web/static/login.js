/** The login page shows the theme that was chosen behind it. */

import { recallTheme } from "./theme.js";

recallTheme();
