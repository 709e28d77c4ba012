//! The three things that have to come together: key, consent, switch.

use super::{PAGE, stories};
use crate::support::doubles::langsmith::GOOD_KEY;

stories! {
    async fn nothing_is_dialled_with_a_key_but_no_switch(stage: Stage) {
        stage.offer(1);
        stage.save().await;
        stage.offer(3);
        stage.flush().await;
        assert_eq!(stage.langsmith.count(), 0, "not even to test the key");
        assert!(stage.page().await.contains("Test key and switch on"));
    }

    async fn the_switch_does_not_move_without_a_consent(stage: Stage) {
        stage.save().await;
        let reply = stage.post("/on", &[]).await.expect(422);
        assert!(reply.body.contains("field-consent-error") && reply.body.contains("aria-invalid"), "{}", reply.body);
        stage.offer(1);
        stage.flush().await;
        assert_eq!((stage.langsmith.count(), stage.app.count("consents").await), (0, 0));
    }

    async fn the_consent_is_a_record_and_comes_before_the_first_dial(stage: Stage) {
        stage.save().await;
        stage.langsmith.next(&[403]);
        let reply = stage.post("/on", &[("consent", "on")]).await.expect(422);
        assert!(reply.body.contains("LangSmith does not accept this key") && !reply.body.contains(&stage.key));
        assert_eq!((stage.langsmith.count(), stage.app.count("consents").await), (1, 1));
        assert!(!stage.view().await.is_on, "a key that does not work stays off");
        let shut = stage.page().await;
        assert!(!shut.contains("name=\"consent\""), "what was agreed to is not asked twice");
        stage.post("/on", &[]).await.see_other();
        assert!(stage.view().await.is_active());
        assert!(stage.app.mail_to(&stage.person.email).await.subject.contains("LangSmith is on"));
    }

    async fn a_key_is_shown_by_its_hint_and_stands_in_no_file(stage: Stage) {
        stage.switch_on().await;
        stage.offer(1);
        stage.flush().await;
        let page = stage.page().await;
        assert!(page.contains("lsv2_…9Rt") || page.contains("lsv2_…e9Rt"), "{page}");
        assert!(!page.contains(&stage.key));
        stage.app.assert_absent_from_files(&[&stage.key, "canary-5Fw2Qe9Rt"]);
    }

    async fn another_key_switches_off_until_it_is_tested(stage: Stage) {
        stage.switch_on().await;
        let other = format!("{GOOD_KEY}_other-0123456789");
        stage.post("", &[("key", &other), ("project", "nightly <b>")]).await.see_other();
        let dials = stage.langsmith.count();
        stage.offer(1);
        stage.flush().await;
        assert_eq!(stage.langsmith.count(), dials);
        assert!(stage.page().await.contains("nightly &lt;b&gt;"));
        stage.post("", &[("key", ""), ("project", "weekly")]).await.see_other();
        assert_eq!(stage.view().await.project, "weekly");
        for bad in ["ключ", "a\r\nx: y"] {
            let reply = stage.post("", &[("key", bad)]).await.expect(422);
            assert!(reply.body.contains("field-key-error"));
        }
    }

    async fn a_restriction_stops_what_waits_and_the_switch_and_lifting_it_resumes(stage: Stage) {
        for kind in ["restrict_calls", "restrict_account"] {
            stage.switch_on().await;
            let limit = |action| [("limit", kind), ("action", action)];
            let client = &stage.person.client;
            client.post("/settings/privacy/rights/limit", &limit("make")).await.see_other();
            let dials = stage.langsmith.count();
            stage.offer(3);
            stage.flush().await;
            let page = stage.page().await;
            assert!(page.contains("Nothing is sent: you restricted this use of your data") && page.contains("Switch off"), "{page}");
            stage.post("/off", &[]).await.see_other();
            let refused = stage.post("/on", &[("consent", "on")]).await.expect(403);
            assert!(refused.body.contains("Lift the restriction under Settings"), "{}", refused.body);
            assert!(!stage.page().await.contains("Test key and switch on"));
            assert_eq!(stage.langsmith.count(), dials, "{kind}");
            client.post("/settings/privacy/rights/limit", &limit("lift")).await.see_other();
            stage.post("/on", &[]).await.see_other();
            stage.offer(1);
            stage.flush().await;
            assert_eq!(stage.langsmith.count(), dials + 2, "{kind}: the test and the trace");
            stage.post("/remove", &[]).await.see_other();
        }
    }

    async fn removing_the_key_leaves_nothing_and_withdraws(stage: Stage) {
        stage.switch_on().await;
        stage.post("/remove", &[]).await.see_other();
        assert_eq!(stage.app.count("integrations").await, 0);
        stage.post("/on", &[]).await.expect(404);
        stage.post("/remove", &[]).await.see_other();
        stage.save().await;
        stage.post("/on", &[]).await.expect(422);
    }

    async fn nobody_sees_or_moves_the_switch_of_another(stage: Stage) {
        stage.switch_on().await;
        let other = stage.app.signed_in_user().await;
        let page = other.client.get(PAGE).await.expect(200).body;
        assert!(page.contains("Seal key") && !page.contains("lsv2_"));
        other.client.post("/settings/integrations/langsmith/off", &[]).await.see_other();
        other.client.post("/settings/integrations/langsmith/withdraw", &[]).await.see_other();
        assert!(stage.view().await.is_active());
        let stranger = stage.app.client();
        assert!(stranger.get(PAGE).await.see_other().starts_with("/login"));
    }
}
