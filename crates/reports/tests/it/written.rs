//! Reports written after the specifications of tools that do not run where the tests do.

use spectr_reports::format::Format;

type Written = (&'static str, &'static str, Format, [usize; 5]);

pub const ALL: &[Written] = &[
    (
        "TRX",
        r#"<?xml version="1.0" encoding="utf-8"?>
<TestRun id="1" xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
<UnitTestResult executionId="e1" testId="t1" testName="Doubles" outcome="Passed" duration="00:00:00.0120000"/>
<UnitTestResult executionId="e2" testId="t2" testName="IsOff" outcome="Failed" duration="00:00:01.5"><Output><ErrorInfo><Message>Assert.AreEqual failed.</Message><StackTrace>   at Shop.PriceTest.IsOff() in C:\src\PriceTest.cs:line 12</StackTrace></ErrorInfo></Output></UnitTestResult>
<UnitTestResult executionId="e3" testId="t3" testName="Later" outcome="NotExecuted"/>
<UnitTestResult executionId="e4" testId="t4" testName="Rows" outcome="Failed"><InnerResults><UnitTestResult testName="Rows (1)" outcome="Passed"/><UnitTestResult testName="Rows (2)" outcome="Timeout"/></InnerResults></UnitTestResult>
</Results><TestDefinitions><UnitTest name="IsOff" id="t2"><TestMethod className="Shop.PriceTest, Shop"/></UnitTest></TestDefinitions></TestRun>"#,
        Format::Trx,
        [2, 1, 1, 1, 0],
    ),
    (
        "NUnit 3",
        r#"<test-run id="2" testcasecount="4"><test-suite type="Assembly" name="Shop.dll"><test-suite type="TestFixture" name="PriceTest" fullname="Shop.PriceTest">
<test-case id="1" name="Doubles" fullname="Shop.PriceTest.Doubles" classname="Shop.PriceTest" result="Passed" duration="0.012"/>
<test-case id="2" name="IsOff" fullname="Shop.PriceTest.IsOff" classname="Shop.PriceTest" result="Failed"><failure><message><![CDATA[Expected: 5 But was: 4]]></message><stack-trace><![CDATA[at Shop.PriceTest.IsOff() in /src/PriceTest.cs:line 12]]></stack-trace></failure></test-case>
<test-case id="3" name="Throws" fullname="Shop.PriceTest.Throws" classname="Shop.PriceTest" result="Failed" label="Error"><failure><message>System.InvalidOperationException : no</message></failure></test-case>
<test-case id="4" name="Later" fullname="Shop.PriceTest.Later" classname="Shop.PriceTest" result="Skipped" label="Ignored"/>
</test-suite></test-suite></test-run>"#,
        Format::NUnit,
        [1, 1, 1, 1, 0],
    ),
    (
        "NUnit 2",
        r#"<test-results name="Shop.dll"><test-suite type="TestFixture" name="PriceTest"><results>
<test-case name="Shop.PriceTest.Doubles" executed="True" result="Success" success="True" time="0.01"/>
<test-case name="Shop.PriceTest.IsOff" executed="True" result="Failure" success="False"><failure><message>off</message><stack-trace>at X</stack-trace></failure></test-case>
<test-case name="Shop.PriceTest.Later" executed="False" result="Ignored"/></results></test-suite></test-results>"#,
        Format::NUnit,
        [1, 1, 0, 1, 0],
    ),
    (
        "xUnit.net",
        r#"<assemblies><assembly name="/src/bin/Shop.dll"><collection name="c">
<test name="Shop.PriceTest.Doubles" type="Shop.PriceTest" method="Doubles" time="0.01" result="Pass"/>
<test name="Shop.PriceTest.IsOff(n: 2)" type="Shop.PriceTest" method="IsOff" time="0.01" result="Fail"><failure exception-type="Xunit.Sdk.EqualException"><message>Assert.Equal() Failure</message><stack-trace>at Shop.PriceTest.IsOff(Int32 n) in /src/PriceTest.cs:line 12</stack-trace></failure></test>
<test name="Shop.PriceTest.Later" type="Shop.PriceTest" method="Later" time="0" result="Skip"><reason>later</reason></test></collection></assembly></assemblies>"#,
        Format::XUnit,
        [1, 1, 0, 1, 0],
    ),
    (
        "Surefire",
        r#"<testsuite name="shop.PriceTest" tests="5"><properties><property name="java.version" value="17"/></properties>
<testcase name="doubles" classname="shop.PriceTest" time="0.01"/>
<testcase name="isOff" classname="shop.PriceTest" time="1,001.5"><failure message="off" type="org.opentest4j.AssertionFailedError">at shop.PriceTest.isOff(PriceTest.java:8)</failure><rerunFailure message="off" type="x"><stackTrace>again</stackTrace></rerunFailure></testcase>
<testcase name="flaky" classname="shop.PriceTest"><flakyFailure message="first try" type="x"><stackTrace>at shop.PriceTest.flaky(PriceTest.java:9)</stackTrace><system-out>x</system-out></flakyFailure></testcase>
<testcase name="later" classname="shop.PriceTest"><skipped message="later"/></testcase>
<testcase name="throws" classname="shop.PriceTest"><error message="no" type="java.lang.IllegalStateException">t</error></testcase></testsuite>"#,
        Format::JUnit,
        [2, 1, 1, 1, 1],
    ),
    (
        "gotestsum with retries",
        r#"<testsuites><testsuite name="shop"><properties><property name="go.version" value="go1.22"/></properties>
<testcase classname="shop" name="TestA"><failure message="Failed">a_test.go:3: off</failure></testcase>
<testcase classname="shop" name="TestB"><failure message="Failed">a_test.go:9: off</failure></testcase>
<testcase classname="shop" name="TestA"/><testcase classname="shop" name="TestB"><failure message="Failed">a_test.go:9: off</failure></testcase></testsuite></testsuites>"#,
        Format::JUnit,
        [1, 1, 0, 0, 1],
    ),
    (
        "Allure 1",
        r#"<ns2:test-suite xmlns:ns2="urn:model.allure.qatools.yandex.ru" start="1" stop="9"><name>shop</name><test-cases>
<test-case start="1" stop="5" status="passed"><name>doubles</name></test-case>
<test-case start="1" stop="5" status="broken"><name>throws</name><failure><message>no</message><stack-trace>at x</stack-trace></failure></test-case>
<test-case start="1" stop="5" status="pending"><name>later</name></test-case></test-cases></ns2:test-suite>"#,
        Format::Allure1,
        [1, 0, 1, 1, 0],
    ),
    (
        "Boost.Test",
        r#"<TestLog><TestSuite name="shop"><TestCase name="doubles" file="a.cpp" line="3"><TestingTime>120</TestingTime></TestCase>
<TestCase name="is_off" file="a.cpp" line="5"><Error file="a.cpp" line="6"><![CDATA[check 2 * 2 == 5 has failed]]></Error></TestCase>
<TestCase name="throws"><Exception file="a.cpp" line="9"><![CDATA[std::runtime_error: no]]></Exception></TestCase>
<TestCase name="later" skipped="yes" reason="disabled"/></TestSuite></TestLog>"#,
        Format::Boost,
        [1, 1, 1, 1, 0],
    ),
    (
        "CTRF without reportFormat",
        r#"{"results":{"tool":{"name":"jest"},"summary":{"tests":99},"tests":[{"name":"a","status":"passed","duration":3},{"name":"b","status":"failed","message":"off","trace":"Error: off"},{"name":"c","status":"pending"},{"name":"d","status":"passed","flaky":true,"retries":1},{"name":"e","status":"other","message":"crashed"}]}}"#,
        Format::Ctrf,
        [2, 1, 1, 1, 1],
    ),
    (
        "RSpec",
        r#"{"version":"3.12","examples":[{"id":"1","description":"doubles","full_description":"Price doubles","status":"passed","file_path":"./spec/a_spec.rb","run_time":0.01},{"id":"2","description":"is off","full_description":"Price is off","status":"failed","file_path":"./spec/a_spec.rb","exception":{"class":"RSpec::Expectations::ExpectationNotMetError","message":"expected: 5\n got: 4","backtrace":["./spec/a_spec.rb:5:in `block'"]}},{"id":"3","description":"later","full_description":"Price later","status":"pending"}],"summary_line":"3 examples"}"#,
        Format::RSpec,
        [1, 1, 0, 1, 0],
    ),
    (
        "Dart",
        "{\"protocolVersion\":\"0.1.1\",\"type\":\"start\",\"time\":0}\n{\"suite\":{\"id\":0,\"path\":\"a_test.dart\"},\"type\":\"suite\",\"time\":0}\n{\"test\":{\"id\":1,\"name\":\"loading a_test.dart\",\"suiteID\":0,\"metadata\":{\"skip\":false}},\"type\":\"testStart\",\"time\":1}\n{\"testID\":1,\"result\":\"success\",\"skipped\":false,\"hidden\":true,\"type\":\"testDone\",\"time\":9}\n{\"test\":{\"id\":3,\"name\":\"doubles\",\"suiteID\":0,\"metadata\":{\"skip\":false}},\"type\":\"testStart\",\"time\":10}\n{\"testID\":3,\"result\":\"success\",\"skipped\":false,\"hidden\":false,\"type\":\"testDone\",\"time\":12}\n{\"test\":{\"id\":4,\"name\":\"is off\",\"suiteID\":0,\"metadata\":{\"skip\":false}},\"type\":\"testStart\",\"time\":12}\n{\"testID\":4,\"error\":\"Expected: <5>\",\"stackTrace\":\"a_test.dart 6:5 main\",\"isFailure\":true,\"type\":\"error\",\"time\":13}\n{\"testID\":4,\"result\":\"failure\",\"skipped\":false,\"hidden\":false,\"type\":\"testDone\",\"time\":14}\n",
        Format::Dart,
        [1, 1, 0, 0, 0],
    ),
    (
        "AUnit, which calls failed tests tests",
        "<TestRun><SuccessfulTests><Test><Name>Stack.Push</Name></Test></SuccessfulTests><FailedTests><Test><Name>Stack.Pop</Name><FailureType>Assertion</FailureType><Message>not implemented</Message></Test><Test><Name>Stack.Top</Name><FailureType>Error</FailureType><Message>raised</Message></Test></FailedTests><SkippedTests><Test><Name>Stack.Swap</Name></Test></SkippedTests></TestRun>",
        Format::CppUnit,
        [1, 1, 1, 1, 0],
    ),
    (
        "TRX with rows within rows, a web test and definitions before the results",
        r#"<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><TestDefinitions><UnitTest id="t1"><TestMethod className="Shop.Rows"/></UnitTest></TestDefinitions><Results>
<UnitTestResult testId="t1" testName="Rows" outcome="Failed"><InnerResults><UnitTestResult testId="t1" testName="Rows (1)" outcome="Failed"/><UnitTestResult testId="t1" testName="Rows (2)" outcome="Failed"><InnerResults><UnitTestResult testId="t1" testName="Rows (2) (a)" outcome="Passed"/><UnitTestResult testId="t2" testName="Rows (2) (b)" outcome="Failed"/></InnerResults></UnitTestResult></InnerResults></UnitTestResult>
<WebTestResult testId="t3" testName="Login" outcome="Passed"><WebTestResultFilePath>Login.webtestResult</WebTestResultFilePath></WebTestResult></Results></TestRun>"#,
        Format::Trx,
        [2, 2, 0, 0, 0],
    ),
    (
        "Cucumber's outline: rows of one name are apart, a retry in the same place is not",
        r#"[{"keyword":"Feature","name":"Shop","uri":"shop.feature","elements":[
{"id":"shop;double","line":9,"name":"double","keyword":"Scenario Outline","type":"scenario","steps":[{"name":"a","result":{"status":"failed","error_message":"off"}}]},
{"id":"shop;double","line":10,"name":"double","keyword":"Scenario Outline","type":"scenario","steps":[{"name":"a","result":{"status":"passed"}}]},
{"id":"shop;twice","line":12,"name":"twice","keyword":"Scenario","type":"scenario","steps":[{"name":"a","result":{"status":"failed","error_message":"off"}}]},
{"id":"shop;twice","line":12,"name":"twice","keyword":"Scenario","type":"scenario","steps":[{"name":"a","result":{"status":"passed"}}]}]}]"#,
        Format::Cucumber,
        [2, 1, 0, 0, 1],
    ),
    (
        "JUnit as Eclipse and IntelliJ export it",
        r#"<testrun name="shop" tests="2"><testsuite name="shop.PriceTest"><testcase name="doubles" classname="shop.PriceTest"/><testcase name="isOff" classname="shop.PriceTest"><failure>off</failure></testcase></testsuite></testrun>"#,
        Format::JUnit,
        [1, 1, 0, 0, 0],
    ),
    (
        "Mocha's rows of one name",
        r#"<testsuites name="Mocha Tests"><testsuite name="Price"><testcase name="row" classname="Price"><failure>off</failure></testcase><testcase name="row" classname="Price"/></testsuite></testsuites>"#,
        Format::JUnit,
        [1, 1, 0, 0, 0],
    ),
    (
        "a mark of byte order within a tag, as `cat` leaves it",
        "<testsuite name=\"a\"><test\u{feff}case name=\"b\"/>\u{feff}</testsuite>",
        Format::JUnit,
        [1, 0, 0, 0, 0],
    ),
    (
        "xUnit.net with a class that could not be cleaned up, and with a fatal error that has no name",
        r#"<assemblies schema-version="2"><assembly name="Shop.dll" errors="2"><errors><error type="class-cleanup" name="Shop.PriceTest"><failure exception-type="System.Exception"><message>still open</message></failure></error><error type="fatal"><failure exception-type="System.Exception"><message>gone</message></failure></error></errors><collection name="c"><test name="Shop.PriceTest.Doubles" type="Shop.PriceTest" result="Pass"/><test name="Shop.PriceTest.ByHand" type="Shop.PriceTest" result="NotRun"/></collection></assembly></assemblies>"#,
        Format::XUnit,
        [1, 0, 2, 1, 0],
    ),
    (
        "TAP without spaces or numbers, as Perl's harness takes it",
        "TAP version 13\n1..5\nok 1-one\nok-two\nnot ok-three\nok-# skip four\nok 5 -1 is less\nokay\n",
        Format::Tap,
        [3, 1, 0, 1, 0],
    ),
];
