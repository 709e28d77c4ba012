//! Promises about calls: keys, credentials, content, whom the server dials.

use super::traces;
use crate::engine::double::{self, Request, Seen, refusal};
use crate::engine::privacy::{ANSWER, PROMPT, SYSTEM, every_way};
use crate::engine::stage::{KEY, Reader, Stage, names, question, text};
use crate::engine::stories;
use crate::engine::wires::{self, FIVE};
use crate::support::Engine;
use spectr::domain::accounts::ConsentKind;
use spectr::domain::providers::Provider;
use spectr::features::accounts::{Caller, consents};
use spectr::features::integrations;
use spectr::features::privacy::proof;

stories! {
    async fn clause_03_keys_are_sealed_and_plain_only_during_a_call(stage: Stage) {
        traces::listen();
        every_way(stage).await;
        assert!(stage.rows().await.len() >= 26);
        traces::assert_none(&stage.app, &[KEY]).await;
        let sql = "SELECT secret FROM provider_keys";
        let mut conn = stage.app.app.db.acquire().await.unwrap();
        let sealed = spectr::on!(&mut conn, c => sqlx::query_scalar::<_, Vec<u8>>(sql).fetch_all(c).await).unwrap();
        assert_eq!(sealed.len(), FIVE.len());
        // Version, salt, nonce, commitment, ciphertext as long as the key, tag.
        assert!(sealed.iter().all(|value| value[0] == 1 && value.len() == 1 + 16 + 12 + 32 + KEY.len() + 16));
    }

    async fn clause_05_prompts_and_answers_are_nowhere_after_a_call(stage: Stage) {
        traces::listen();
        every_way(stage).await;
        assert!(stage.rows().await.len() >= 26);
        traces::assert_none(&stage.app, &[PROMPT, ANSWER, SYSTEM]).await;
        let report = proof::report(&stage.app.app).await;
        assert_eq!(report.entry(5).unwrap().finding.standing, proof::Standing::Kept);
    }
}

/// Each of the five answers to the person's own key; a key that it refuses is not replaced by the
/// operator's trial key, and a person without a key of that provider is told so.
async fn own_keys_only(engine: Engine) {
    let trial = [("SPECTR_TRIAL_OPENAI_KEY", "sk-trial-canary-of-the-operator")];
    let stage = Stage::without_keys(engine, &trial).await;
    for (provider, model) in FIVE {
        if provider != Provider::OpenAi {
            let (status, problem, _) = stage.refused(&question(provider, model, "hello")).await;
            assert_eq!(
                (status, problem["code"].as_str()),
                (409, Some("no_key")),
                "{provider:?}"
            );
        }
        stage.add_key(provider).await;
        stage.double.always(double::stream(&wires::answer(provider, &["fine"])));
        let events = stage.ask((provider, model)).await.rest().await;
        assert_eq!(
            (names(&events).last(), text(&events).as_str()),
            (Some(&"done"), "fine"),
            "{provider:?}"
        );
        let request = next_request(&stage).await;
        assert!(request.head.contains(KEY) && !request.path.contains(KEY) && !request.body.contains(KEY));
        stage.double.always(refusal(401, "", "{}"));
        let (status, ..) = stage.refused(&question(provider, model, "hello")).await;
        assert_eq!(status, 424, "{provider:?}");
        assert!(next_request(&stage).await.head.contains(KEY));
    }
    let rows = stage.rows().await;
    assert!(rows.iter().all(|row| row.credential == "byok"), "{rows:#?}");
    stage.stop().await;
}

/// The next request that the double saw, whatever else it saw before.
async fn next_request(stage: &Stage) -> Request {
    loop {
        if let Seen::Request(request) = stage.double.saw().await {
            return request;
        }
    }
}

mod clause_04_five_providers_with_the_users_own_key {
    use super::{Engine, own_keys_only};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        own_keys_only(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        own_keys_only(Engine::Postgres).await;
    }
}

stories! {
    async fn clause_10_only_listed_hosts_are_dialled(stage: Stage) {
        let listed: Vec<String> = stage.app.app.config.provider_bases.values().map(spectr::infra::http::host).collect();
        stage.double.always(double::stream(&wires::answer(Provider::OpenAi, &["fine"])));
        stage.ask(FIVE[1]).await.rest().await;
        let dialled = stage.app.app.http.dialled().hosts();
        assert!(!dialled.is_empty() && dialled.iter().all(|host| listed.contains(host)), "{dialled:?}");
        let page = stage.app.client().get("/privacy/subprocessors").await.expect(200).body;
        for provider in FIVE {
            assert!(page.contains(provider.0.name()), "{:?}", provider.0);
        }
        let entry = |report: &proof::Report| report.entry(10).unwrap().finding.clone();
        assert_eq!(entry(&*proof::report(&stage.app.app).await).standing, proof::Standing::Kept);
        // A host on no list turns the promise red.
        let strange = spectr::infra::http::Target::Operator(url::Url::parse("http://127.0.0.1:9/").unwrap());
        stage.app.app.http.send(Provider::OpenAi.models_request(), &strange, None).await.unwrap_err();
        stage.app.clock.advance(11_000);
        assert_eq!(entry(&*proof::report(&stage.app.app).await).standing, proof::Standing::Broken);
    }
}

/// A key alone, a key and a consent: nobody is dialled. With the switch too, metadata goes out and
/// nothing that was said; after the withdrawal, nothing at all.
async fn traces_with_key_switch_and_consent_only(engine: Engine) {
    let langsmith = double::Double::start("{}".to_owned()).await;
    langsmith.always(refusal(202, "", "{}"));
    let stage = Stage::without_keys(engine, &[("SPECTR_LANGSMITH_BASE_URL", &langsmith.url)]).await;
    stage.add_key(Provider::OpenAi).await;
    stage
        .double
        .always(double::stream(&wires::answer(Provider::OpenAi, &[ANSWER])));
    let app = &stage.app.app;
    let caller = Caller {
        ip: std::net::Ipv4Addr::LOCALHOST.into(),
        device: "Firefox 140 on Linux".to_owned(),
    };
    let who = integrations::Who {
        user: stage.person.id,
        caller: &caller,
    };
    let call = async || {
        // Beyond the moment for which "switched off" is remembered.
        stage.app.clock.advance(6_000);
        let (provider, model) = FIVE[1];
        let response = stage.post(&question(provider, model, PROMPT)).send().await.unwrap();
        assert_eq!(text(&Reader::new(response).rest().await), ANSWER);
        spectr::features::engine::flush(app).await;
        integrations::flush(app).await;
    };
    let host = langsmith.url.trim_start_matches("http://").to_owned();
    let is_dialled = || app.http.dialled().hosts().contains(&host);
    call().await;
    integrations::save(app, who, &SECRET.into(), "").await.unwrap();
    call().await;
    assert!(
        integrations::switch_on(app, who, false).await.is_err(),
        "no switch without a consent"
    );
    let mut conn = app.db.begin().await.unwrap();
    let consent = (ConsentKind::LangSmithTracing, "/settings/integrations");
    consents::grant(&mut conn, app, &caller, who.user, consent)
        .await
        .unwrap();
    conn.commit().await.unwrap();
    call().await;
    assert!(!is_dialled(), "a key and a consent without the switch");
    integrations::switch_on(app, who, true).await.unwrap();
    call().await;
    assert!(is_dialled());
    let Seen::Request(sent) = langsmith.saw().await else {
        panic!("a span is sent")
    };
    assert!(
        sent.head.contains(SECRET) && sent.body.contains("gpt-4o-mini"),
        "{}",
        sent.body
    );
    for content in [PROMPT, ANSWER, KEY, SECRET] {
        assert!(!sent.body.contains(content), "{}", sent.body);
    }
    while !matches!(langsmith.saw().await, Seen::Sent) {}
    integrations::withdraw(app, who).await.unwrap();
    call().await;
    assert!(langsmith.is_quiet(), "nothing after the withdrawal");
    traces::assert_none(&stage.app, &[SECRET]).await;
    stage.stop().await;
}

const SECRET: &str = "lsv2_pt_canary0d9f41c27be84a6d";

mod clause_16_langsmith_needs_key_switch_and_consent {
    use super::{Engine, traces_with_key_switch_and_consent_only};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn sqlite() {
        traces_with_key_switch_and_consent_only(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn postgres() {
        traces_with_key_switch_and_consent_only(Engine::Postgres).await;
    }
}
