import { startTestServer } from "./testing/challenge-fixture.ts";
import { describeJourney } from "./testing/journey.ts";

describeJourney(() => startTestServer());
