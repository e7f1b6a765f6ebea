//! Who is told, when, and who is not.

use super::*;

pub(crate) async fn a_record_is_told_to_its_receivers_with_the_next_digest_and_once(engine: Engine) {
    let people =
        [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("George Xu", Duty::Dsl), ("Ines Okoye", Duty::TrustLead)];
    let (post, tokens) = Post::new(engine, 701, &people).await;
    post.file(&tokens["Hana Kemp"], &ordinary()).await;
    post.give().await;
    assert_eq!(post.count(), 0, "it can wait");
    // Quiet hours go over midnight; the first digest is at 07:45.
    post.at("2026-10-31T07:44Z").await;
    assert_eq!(post.count(), 0);
    post.at("2026-10-31T07:45Z").await;
    let told = post.took(0);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].ends_with(" digest"), "{told:?}");
    post.file(&tokens["Hana Kemp"], &ordinary()).await;
    post.file(&tokens["Hana Kemp"], &ordinary()).await;
    post.at("2026-10-31T12:30Z").await;
    assert_eq!(post.count(), 2, "two records, one message");
    post.at("2026-11-07T12:30Z").await;
    assert_eq!(post.count(), 2, "and never again");
    assert!(post.server.ids().values().all(|count| *count == 1));
}

pub(crate) async fn what_cannot_wait_is_told_at_once_at_night_and_gathered(engine: Engine) {
    let people = [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("George Xu", Duty::Dsl)];
    let (post, tokens) = Post::new(engine, 702, &people).await;
    post.set_clock("2026-10-31T02:00Z");
    let mut form = dangerous();
    form["types"] = json!(["online_safety_concern"]);
    post.file(&tokens["Hana Kemp"], &form).await;
    post.give().await;
    assert_eq!(post.took(0), ["george.xu now"]);
    post.file(&tokens["Hana Kemp"], &form).await;
    post.at("2026-10-31T02:05Z").await;
    post.file(&tokens["Hana Kemp"], &form).await;
    post.at("2026-10-31T02:14Z").await;
    assert_eq!(post.count(), 1, "one in a quarter of an hour");
    post.at("2026-10-31T02:15Z").await;
    assert_eq!(post.took(1), ["george.xu now"], "for both");
    let image = post.file(&tokens["Hana Kemp"], &ordinary()).await;
    post.post(&tokens["Hana Kemp"], &format!("/api/v1/reports/{image}/image"), json!({ "answer": "yes" })).await;
    post.at("2026-10-31T02:31Z").await;
    assert_eq!(post.took(2), ["george.xu now"], "IMG-1: an image cannot wait either");
}

/// A child could be in danger, and nobody acts on a Saturday night: whoever comes next hears at once, and so does to whom it is handed.
pub(crate) async fn what_nobody_acts_on_is_told_at_once_to_whoever_comes_next(engine: Engine) {
    let people = [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("George Xu", Duty::Dsl), ("Bea Ash", Duty::DeputyDsl)];
    let (post, tokens) = Post::new(engine, 713, &people).await;
    post.set_clock("2026-10-31T21:00Z");
    let mut form = dangerous();
    form["types"] = json!(["online_safety_concern"]);
    let report = post.file(&tokens["Hana Kemp"], &form).await;
    post.give().await;
    assert_eq!(post.took(0), ["george.xu now"]);
    post.set_clock("2026-10-31T23:30Z");
    post.trust.app.follow_dates(None).await.unwrap();
    post.give().await;
    let told = post.took(1);
    assert!(!told.is_empty() && told.iter().all(|line| line.ends_with(" now")), "{told:?}");
    let before = post.count();
    let to = json!({ "duty": "headteacher", "school": "SCH01", "reason": "I am on a train." });
    post.post(&tokens["George Xu"], &format!("/api/v1/reports/{report}/hand-over"), to).await;
    post.at("2026-10-31T23:50Z").await;
    assert_eq!(post.took(before), ["uma.jones now"]);
}

/// FIL-1: the gravest alert cannot wait for morning, and one about a person is told to nobody whom it may be about.
pub(crate) async fn an_alert_is_told_by_its_severity_and_to_whoever_comes_next(engine: Engine) {
    let people = [("Uma Jones", Duty::Headteacher), ("George Xu", Duty::Dsl), ("Bea Ash", Duty::DeputyDsl), ("Ines Okoye", Duty::Dpo)];
    let (post, tokens) = Post::new(engine, 714, &people).await;
    post.set_clock("2026-10-31T21:00Z");
    let row = |reference: &str, user: &str, severity: &str, at: &str| json!({ "alert_id": reference, "occurred_at": at, "school": "SCH01", "user": user, "category": "weapons", "severity": severity });
    let bring = async |rows: Vec<Value>| {
        let body = json!({ "source": "paper", "rows": rows });
        let answer = post.post(&tokens["Ines Okoye"], "/api/v1/alerts", body).await;
        assert_eq!(answer["refused"], json!([]), "{answer}");
        post.give().await;
    };
    bring(vec![row("M1", "ipad-3", "3", "2026-10-31T20:00Z"), row("M2", "ipad-3", "5", "2026-09-01T20:00Z")]).await;
    assert_eq!(post.took(0), Vec::<String>::new(), "an ordinary one waits for the morning, and history calls nobody");
    bring(vec![row("M3", "ipad-3", "5", "2026-10-31T20:30Z")]).await;
    assert_eq!(post.took(0), ["george.xu now"], "and it takes along what waits");
    bring(vec![row("M4", "george.xu", "5", "2026-10-31T20:40Z")]).await;
    assert_eq!(post.took(1), ["bea.ash now"], "who may be meant is told nothing");
    post.set_clock("2026-10-31T22:30Z");
    post.trust.app.follow_dates(None).await.unwrap();
    post.give().await;
    assert_eq!(post.took(2), ["uma.jones now"], "what nobody decides about goes on within the hour");
}

pub(crate) async fn the_person_concerned_is_told_nothing_in_any_form(engine: Engine) {
    let people = [
        ("Hana Kemp", Duty::Reporter),
        ("Uma Jones", Duty::Headteacher),
        ("George Xu", Duty::Dsl),
        ("Bea Ash", Duty::DeputyDsl),
        ("Priya Anand", Duty::Dpo),
        ("Carl Holt", Duty::Chair),
        ("Ines Okoye", Duty::TrustLead),
    ];
    let (post, tokens) = Post::new(engine, 703, &people).await;
    // Each in turn is whom it is about, by name, by a name that could be theirs, or stands aside from it later.
    let about = |form: Value, name: &str| {
        let mut form = form;
        form["about"] = json!({ "whom": "another", "name": name });
        form
    };
    for (name, mailbox) in
        [("Uma Jones", "uma.jones"), ("Mr Xu", "george.xu"), ("Priya Anand", "priya.anand"), ("Ines Okoye", "ines.okoye")]
    {
        let before = post.count();
        for form in [about(ordinary(), name), about(dangerous(), name), about(breach(), name)] {
            post.file(&tokens["Hana Kemp"], &form).await;
        }
        let id = post.file(&tokens["Hana Kemp"], &about(breach(), name)).await;
        post.post(&tokens["Hana Kemp"], &format!("/api/v1/reports/{id}/image"), json!({ "answer": "unsure" })).await;
        // Long enough for digests and every reminder.
        for _ in 0..40 {
            post.trust.places.tick(3 * 3600);
            post.give().await;
        }
        let told = post.took(before);
        assert!(told.iter().all(|line| !line.starts_with(mailbox)), "{name}: {told:?}");
        assert!(told.len() > 2, "others are told: {told:?}");
    }
    // Whoever stands aside hears no more of it: the reminder of its clock goes to others.
    let id = post.file(&tokens["Hana Kemp"], &breach()).await;
    let aside = json!({ "person": email("Priya Anand"), "reason": "A neighbour." });
    let owner = ["Uma Jones", "George Xu", "Ines Okoye"];
    let mut done = false;
    for name in owner {
        let path = format!("/api/v1/reports/{id}/recuse");
        done |= post.trust.call("POST", &path, Some(&tokens[name]), Some(&aside)).await.status.is_success();
    }
    assert!(done, "its owner declares the conflict");
    let before = post.count();
    for _ in 0..40 {
        post.trust.places.tick(3 * 3600);
        post.give().await;
    }
    let told = post.took(before);
    assert!(told.iter().all(|line| !line.starts_with("priya.anand")) && !told.is_empty(), "{told:?}");
}

pub(crate) async fn a_mailbox_that_the_person_concerned_reads_gets_nothing(engine: Engine) {
    let people =
        [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("Carl Holt", Duty::Chair), ("Ines Okoye", Duty::TrustLead)];
    let (post, tokens) = Post::new(engine, 704, &people).await;
    // The office's mailbox stands in two entries of the staff list: one is the headteacher's of the other school.
    let staff = |id: &str, name: &str| row(2, json!({ "staff_id": id, "name": name, "email": "office@example.org", "school": "SCH02" }));
    post.trust.import(ImportKind::Staff, vec![staff("S-1", "Ola Birch"), staff("S-2", "Tess Evans")]).await;
    let school = json!({ "code": "SCH02", "name": "SCH02 Primary", "head_staff_id": "S-1" });
    post.trust.import(ImportKind::Schools, vec![row(2, school)]).await;
    post.at("2026-10-31T07:45Z").await;
    let before = post.count();
    let mut form = ordinary();
    form["school"] = json!("SCH02");
    post.file(&tokens["Hana Kemp"], &form).await;
    form["types"] = json!(["low_level_concern"]);
    form["staff"] = json!([{ "staff_id": "S-2", "name": "Tess Evans", "part": "subject" }]);
    post.at("2026-10-31T12:30Z").await;
    assert_eq!(post.took(before), ["office digest"], "what is about neither of them");
    let before = post.count();
    post.file(&tokens["Hana Kemp"], &form).await;
    post.at("2026-11-02T15:45Z").await;
    assert!(post.took(before).iter().all(|line| !line.starts_with("office")), "Tess Evans would read it too: {:?}", post.took(before));
}

pub(crate) async fn a_clock_reminds_those_who_owe_it_until_it_is_settled(engine: Engine) {
    let people = [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("Priya Anand", Duty::Dpo)];
    let (post, tokens) = Post::new(engine, 705, &people).await;
    post.set_clock("2026-11-02T10:00Z");
    let first = post.file(&tokens["Hana Kemp"], &breach()).await;
    let second = post.file(&tokens["Hana Kemp"], &breach()).await;
    post.at("2026-11-02T12:30Z").await;
    assert_eq!(post.took(0), ["priya.anand today", "uma.jones today"]);
    // One is ended in time by a person; the other's 72 hours go on (BRE-2).
    post.post(
        &tokens["Priya Anand"],
        &format!("/api/v1/breaches/{first}/decision"),
        json!({ "decision": "ended", "reason": "No data on it." }),
    )
    .await;
    let assess = json!({ "categories": ["training_need"], "reason": "To be looked into." });
    post.post(&tokens["Uma Jones"], &format!("/api/v1/reports/{first}/assessment"), assess).await;
    let before = post.count();
    // A day before it runs out is 10:00; that can wait until 12:30.
    post.at("2026-11-04T12:29Z").await;
    let told: Vec<String> = post.took(before).into_iter().filter(|line| !line.ends_with("digest")).collect();
    assert_eq!(told, Vec::<String>::new());
    let before = post.count();
    post.at("2026-11-04T12:30Z").await;
    assert_eq!(post.took(before), ["priya.anand today", "uma.jones today"]);
    post.at("2026-11-04T21:59Z").await;
    assert_eq!(post.count(), before + 2);
    post.at("2026-11-04T22:00Z").await;
    assert_eq!(post.took(before + 2), ["priya.anand now", "uma.jones now"], "twelve hours before, at night");
    post.at("2026-11-05T12:30Z").await;
    assert_eq!(post.took(before + 4), ["priya.anand today", "uma.jones today"], "it has run out");
    post.post(&tokens["Priya Anand"], &format!("/api/v1/breaches/{second}/decision"), json!({ "decision": "ended", "reason": "No data." }))
        .await;
    let before = post.count();
    post.at("2026-11-20T12:30Z").await;
    assert_eq!(post.count(), before, "nothing more of either");
}

/// BRE-2: its first steps are due long before the 72 hours are over.
pub(crate) async fn a_case_s_clock_reminds_though_something_else_of_it_is_due_first(engine: Engine) {
    let people = [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("Priya Anand", Duty::Dpo)];
    let (post, tokens) = Post::new(engine, 730, &people).await;
    post.set_clock("2026-11-02T10:00Z");
    let id = post.file(&tokens["Hana Kemp"], &breach()).await;
    let assess = json!({ "categories": ["data_breach"], "reason": "Data was on it." });
    post.post(&tokens["Uma Jones"], &format!("/api/v1/reports/{id}/assessment"), assess).await;
    for (at, told) in [("2026-11-04T12:30Z", "priya.anand today"), ("2026-11-04T22:00Z", "priya.anand now")] {
        let before = post.count();
        post.at(at).await;
        let all = post.took(before);
        assert!(all.iter().any(|line| line == told), "{at}: {all:?}");
    }
}

pub(crate) async fn a_clock_that_is_moved_reminds_of_the_new_instant_alone(engine: Engine) {
    let people = [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("Priya Anand", Duty::Dpo)];
    let (post, tokens) = Post::new(engine, 706, &people).await;
    post.set_clock("2026-11-02T10:00Z");
    let id = post.file(&tokens["Hana Kemp"], &breach()).await;
    post.at("2026-11-02T12:30Z").await;
    // It was known on Saturday at 11:00 already: less than a day and a half is left.
    let moved = json!({ "aware_at": "2026-10-31T11:00:00Z", "reason": "The office had an e-mail." });
    post.post(&tokens["Priya Anand"], &format!("/api/v1/breaches/{id}/aware"), moved).await;
    let before = post.count();
    post.at("2026-11-02T15:45Z").await;
    assert_eq!(post.took(before), ["uma.jones today"], "less than a day is left: whoever moved it knows");
    post.at("2026-11-02T23:00Z").await;
    assert_eq!(post.took(before + 1), ["priya.anand now", "uma.jones now"], "twelve hours before it");
    post.at("2026-11-03T12:30Z").await;
    assert_eq!(post.took(before + 3), ["priya.anand today", "uma.jones today"], "it has run out");
    let before = post.count();
    for hours in [12, 24, 36, 48] {
        post.trust.places.tick(hours * 3600);
        post.give().await;
    }
    assert_eq!(post.count(), before, "the old instant reminds of nothing: {:?}", post.took(before));
}

pub(crate) async fn a_cover_gets_what_the_absent_would_have_got(engine: Engine) {
    let people =
        [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("Bea Ash", Duty::Reporter), ("Ines Okoye", Duty::TrustLead)];
    let (post, tokens) = Post::new(engine, 707, &people).await;
    let cover = json!({ "duty": "headteacher", "school": "SCH01", "covered_by": email("Bea Ash"), "until": "2026-11-06T17:00:00Z", "reason": "A course." });
    let cover = post.post(&tokens["Uma Jones"], "/api/v1/covers", cover).await["id"].as_str().unwrap().to_owned();
    post.at("2026-10-31T07:45Z").await;
    assert_eq!(post.took(0), ["bea.ash today"], "who covers is told; who arranged it knows");
    let mine = post.file(&tokens["Hana Kemp"], &ordinary()).await;
    post.at("2026-10-31T12:30Z").await;
    assert_eq!(post.took(1), ["bea.ash digest"]);
    // What is about the cover goes silently to the next of the chain (design, item by item).
    let mut form = dangerous();
    form["about"] = json!({ "whom": "another", "name": "Bea Ash" });
    post.file(&tokens["Hana Kemp"], &form).await;
    post.give().await;
    let told = post.took(2);
    assert!(told.iter().all(|line| !line.starts_with("bea.ash")) && !told.is_empty(), "{told:?}");
    let before = post.count();
    post.trust.call("POST", &format!("/api/v1/covers/{cover}/end"), Some(&tokens["Uma Jones"]), Some(&json!({ "reason": "Back." }))).await;
    post.file(&tokens["Hana Kemp"], &ordinary()).await;
    post.at("2026-10-31T15:45Z").await;
    assert_eq!(post.took(before), ["bea.ash today", "uma.jones digest"], "one hears that it ended, the other what came since");
    assert!(!mine.is_empty());
}

pub(crate) async fn a_new_holder_is_told_in_the_place_of_the_former(engine: Engine) {
    let people = [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("Ines Okoye", Duty::TrustLead)];
    let (post, tokens) = Post::new(engine, 708, &people).await;
    post.file(&tokens["Hana Kemp"], &ordinary()).await;
    post.give().await;
    // Before the digest the duty changes hands.
    post.trust.token(&email("Ola Birch"), "Ola Birch", Duty::Headteacher, Some("SCH01")).await;
    let directory = post.trust.app.directory().await.unwrap();
    let uma = directory.by_email(&email("Uma Jones")).unwrap();
    let head = wardbook_domain::Address::of(Duty::Headteacher, "SCH01");
    post.trust.app.end_duty_of(None, uma, Some(&head), "Left.").await.unwrap();
    post.at("2026-10-31T07:45Z").await;
    let told = post.took(0);
    assert!(told.contains(&"ola.birch digest".to_owned()) || told.contains(&"ola.birch today".to_owned()), "{told:?}");
    // She is told that her duty ended, and nothing of the record.
    assert_eq!(told.iter().filter(|line| line.starts_with("uma.jones")).collect::<Vec<_>>(), ["uma.jones digest"]);
    assert_eq!(post.server.ids().len(), told.len());
}

pub(crate) async fn the_person_and_the_trust_lead_hear_of_access(engine: Engine) {
    let people = [("Uma Jones", Duty::Headteacher), ("Ines Okoye", Duty::TrustLead)];
    let (post, _) = Post::new(engine, 709, &people).await;
    // An account with its code, as at the machine before set-up has ended.
    post.trust.token(&email("Ola Birch"), "Ola Birch", Duty::Dsl, Some("SCH01")).await;
    post.at("2026-10-31T07:45Z").await;
    assert_eq!(post.took(0), ["ines.okoye today", "ola.birch today"], "issue: the person and the trust lead are told");
    let user = wardbook_app::accounts::NewUser {
        email: email("Ola Birch"),
        name: "Ola Birch".into(),
        duty: Duty::Dsl,
        school: Some("SCH01".into()),
    };
    let code = post.trust.app.add_user(&user).await.unwrap();
    post.trust.app.enrol(&code.secret, "Three random words 1").await.unwrap();
    post.at("2026-10-31T12:30Z").await;
    assert_eq!(post.took(2), ["ines.okoye today", "ola.birch today"], "also of a password that was chosen with a code");
}

pub(crate) async fn every_message_is_one_of_three(engine: Engine) {
    let people = [("Hana Kemp", Duty::Reporter), ("Uma Jones", Duty::Headteacher), ("George Xu", Duty::Dsl), ("Priya Anand", Duty::Dpo)];
    let (post, tokens) = Post::new(engine, 710, &people).await;
    let mut conduct = ordinary();
    conduct["types"] = json!(["low_level_concern"]);
    conduct["about"] = json!({ "whom": "another", "name": "George Xu" });
    for form in [ordinary(), dangerous(), breach(), conduct] {
        post.file(&tokens["Hana Kemp"], &form).await;
        for _ in 0..6 {
            post.trust.places.tick(4 * 3600 + 60);
            post.give().await;
        }
    }
    let mails = post.server.mails();
    let what_differs = |mail: &wardbook_testkit::smtp::Mail| {
        let kept = |line: &&str| !["To: ", "Date: ", "Message-ID: "].iter().any(|name| line.starts_with(name));
        mail.raw.split("\r\n").filter(kept).collect::<Vec<_>>().join("\n")
    };
    let texts: std::collections::BTreeSet<String> = mails.iter().map(what_differs).collect();
    assert!(mails.len() >= 5 && texts.len() == 3, "{} messages, {} texts: {texts:#?}", mails.len(), texts.len());
    for mail in &mails {
        assert_eq!(mail.header("To"), mail.to[0], "an address without a name");
        assert_eq!(mail.body().matches("http").count(), 1);
        assert!(mail.body().ends_with(&format!("{URL}/queue\r\n")), "{}", mail.body());
        for word in ["SCH01", "Primary", "Oakfield Trust", "Xu", "Kemp", "games", "concern", "breach"] {
            assert!(!mail.raw.contains(word), "{word}: {}", mail.raw);
        }
    }
}
