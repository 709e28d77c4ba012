//! Whole answers: all five providers end to end, the guide, compatible servers, the response head.

use super::double::{self, Step, end, head, piece};
use super::stage::{KEY, Reader, names, question, text};
use super::stories;
use super::wires::{self, FIVE, USED};
use serde_json::json;
use spectr::domain::providers::Provider;
use std::sync::Arc;
use tokio::sync::Notify;

stories! {
    async fn each_of_the_five_streams_its_answer_counts_it_and_leaves_one_row(stage: Stage) {
        for (provider, model) in FIVE {
            stage.double.always(double::stream(&wires::answer(provider, &["Hel", "lo, ", "wörld 🦀"])));
            let mut reader = stage.ask((provider, model)).await;
            let request = stage.double.request().await;
            let sent_key = request.header("authorization").or_else(|| request.header("x-api-key"));
            let sent_key = sent_key.or_else(|| request.header("x-goog-api-key")).unwrap();
            assert!(sent_key.ends_with(KEY));
            assert!(request.header("cookie").is_none() && request.header("origin").is_none());

            let open = reader.expect("open").await;
            assert_eq!(open["provider"], provider.id());
            assert_eq!(open["model"], model);
            assert_eq!(open["credential"], "byok");
            assert_eq!(reader.header("x-spectr-request-id"), open["request_id"].as_str());
            let events = reader.rest().await;
            assert_eq!(text(&events), "Hello, wörld 🦀", "{provider:?}");
            let tail: Vec<_> = names(&events).into_iter().filter(|name| *name != "delta").collect();
            assert_eq!(tail, ["usage", "done"], "{provider:?}");
            let usage = &events[events.len() - 2].1;
            assert_eq!((usage["input"].as_u64(), usage["output"].as_u64()), (Some(USED.0), Some(USED.1)));
            assert_eq!(usage["estimated"], false);
            assert!(usage["cost_nano_usd"].as_i64().is_some_and(|cost| cost > 0), "{provider:?}");
            assert_eq!(events[events.len() - 1].1, json!({"stop": "end"}));
            while !matches!(stage.double.saw().await, double::Seen::Sent) {}
        }
        let rows = stage.rows().await;
        assert_eq!(rows.len(), FIVE.len());
        for (row, (provider, model)) in rows.iter().zip(FIVE) {
            assert_eq!((row.provider.as_str(), row.model.as_str()), (provider.id(), model));
            assert_eq!((row.status.as_str(), row.stop.as_deref()), ("ok", Some("end")));
            assert_eq!((row.input_tokens, row.output_tokens, row.estimated), (11, 7, false));
            assert_eq!((row.credential.as_str(), row.problem.as_deref()), ("byok", None));
            assert!(row.ttft_ms.is_some() && row.cost_nano_usd.is_some());
        }
    }

    async fn the_row_is_there_when_done_is_seen(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["a"])));
        for calls in 1..=5 {
            let mut reader = stage.ask((provider, model)).await;
            while reader.next().await.is_some_and(|(name, _)| name != "done") {}
            assert_eq!(stage.app.count("llm_calls").await, calls);
        }
    }

    async fn a_call_is_counted_under_the_part_of_the_product_that_asks(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["a"])));
        let mut asked = question(provider, model, "hello");
        for feature in [None, Some("assistant"), Some("reports")] {
            if let Some(feature) = feature {
                asked["feature"] = json!(feature);
            }
            Reader::new(stage.post(&asked).send().await.unwrap()).rest().await;
        }
        // Only the server itself may call in the canary's name, and nobody in one that does not exist.
        for feature in ["canary", "Reports", "", "x"] {
            asked["feature"] = json!(feature);
            assert_eq!(stage.refused(&asked).await.0, 422, "{feature}");
        }
        let features = stage.rows().await.into_iter().map(|row| row.feature).collect::<Vec<_>>();
        assert_eq!(features, ["assistant", "assistant", "reports"]);
        let page = stage.person.client.get("/dashboard?by=feature&feature=reports").await.expect(200).body;
        assert!(page.contains("Report Analyzer"), "{page}");
    }

    async fn a_page_of_another_account_is_refused_before_anything_is_asked(stage: Stage) {
        let other = stage.app.signed_in_user().await;
        let guide = question(Provider::Spectr, "spectr/guide", "x");
        for (account, status) in [(other.id.to_string(), 409), (String::new(), 409), (stage.person.id.to_string(), 200)] {
            let request = stage.post(&guide).header("x-spectr-account", account);
            let reply = stage.person.client.send(request).await.expect(status);
            assert_eq!(reply.body.contains("other_account"), status == 409);
        }
        assert_eq!(stage.app.count("llm_calls").await, 1);
    }

    async fn the_head_names_the_call_and_forbids_caching_and_buffering(stage: Stage) {
        let (provider, model) = FIVE[1];
        stage.double.always(double::stream(&wires::answer(provider, &["a"])));
        let reader = stage.ask((provider, model)).await;
        assert_eq!(reader.header("cache-control"), Some("no-cache"));
        assert_eq!(reader.header("x-accel-buffering"), Some("no"));
        assert_eq!(reader.header("x-spectr-credential"), Some("byok"));
        assert_eq!(reader.header("x-spectr-upstream-id"), Some("up-1"));
        assert!(reader.header("x-spectr-overhead-us").is_some_and(|us| us.parse::<u64>().is_ok()));
        assert_eq!(reader.header("content-encoding"), None);
        assert!(reader.header("content-security-policy").is_some());
    }

    async fn a_text_is_passed_on_before_the_next_one_exists(stage: Stage) {
        for (provider, model) in FIVE {
            let gate = Arc::new(Notify::new());
            let mut script = vec![head(), piece(wires::opening(provider) + &wires::text(provider, "first"))];
            script.extend([Step::Gate(Arc::clone(&gate)), piece(wires::closing(provider)), end()]);
            stage.double.always(script);
            let mut reader = stage.ask((provider, model)).await;
            reader.expect("open").await;
            assert_eq!(reader.expect("delta").await, json!({"text": "first"}));
            gate.notify_one();
            assert_eq!(names(&reader.rest().await), ["usage", "done"]);
        }
    }

    async fn characters_cut_in_half_by_the_wire_arrive_whole(stage: Stage) {
        for (provider, model) in FIVE {
            let whole = wires::answer(provider, &["wörld 🦀 日本"]).concat().into_bytes();
            let bytes: Vec<&[u8]> = whole.chunks(1).collect();
            stage.double.always(double::stream(&bytes));
            let events = stage.ask((provider, model)).await.rest().await;
            assert_eq!(text(&events), "wörld 🦀 日本");
        }
    }

    async fn an_answer_without_figures_is_estimated_and_says_so(stage: Stage) {
        let (provider, model) = FIVE[1];
        let body = [
            wires::text(provider, "12345678"),
            r#"data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#.to_owned(),
            "\n\ndata: [DONE]\n\n".to_owned(),
        ];
        stage.double.always(double::stream(&[body.concat()]));
        let events = stage.ask((provider, model)).await.rest().await;
        let usage = &events[events.len() - 2].1;
        assert_eq!((usage["estimated"].as_bool(), usage["output"].as_u64()), (Some(true), Some(2)));
        assert!(stage.row().await.estimated);
    }

    async fn the_guide_needs_no_key_costs_nothing_and_is_metered_like_the_others(stage: Stage) {
        let response = stage.post(&question(Provider::Spectr, "spectr/guide", "hello")).send().await.unwrap();
        let mut reader = Reader::new(response);
        assert_eq!(reader.header("x-spectr-credential"), Some("none"));
        assert_eq!(reader.header("x-spectr-cost"), Some("0"));
        assert_eq!(reader.expect("open").await["credential"], "none");
        let events = reader.rest().await;
        assert!(!text(&events).is_empty());
        let found = names(&events);
        assert_eq!(found[found.len() - 2..], ["usage", "done"]);
        let row = stage.row().await;
        assert_eq!((row.provider.as_str(), row.model.as_str()), ("spectr", "spectr/guide"));
        assert_eq!((row.credential.as_str(), row.cost_nano_usd), ("none", Some(0)));
        assert!(stage.double.is_quiet());
    }

    async fn a_compatible_server_is_reached_at_its_own_address_and_has_no_price(stage: Stage) {
        stage.add_key_at(Provider::Compatible, &format!("{}/v1", stage.double.url)).await;
        stage.double.always(double::stream(&wires::answer(Provider::Compatible, &["hi"])));
        // The list names `gpt-4o-mini` only; whatever else is asked for is text of the user.
        let events = stage.ask((Provider::Compatible, "my secret model")).await.rest().await;
        assert_eq!(stage.double.request().await.path, "/v1/chat/completions");
        assert!(events[events.len() - 2].1["cost_nano_usd"].is_null());
        stage.ask((Provider::Compatible, "gpt-4o-mini")).await.rest().await;
        let rows = stage.rows().await;
        assert_eq!(rows.iter().map(|row| row.model.as_str()).collect::<Vec<_>>(), ["other", "gpt-4o-mini"]);
        assert!(rows.iter().all(|row| row.cost_nano_usd.is_none() && row.status == "ok"));
    }
}
