"""Serves `workbench.integration.v1.FeedService`: request to use case to answer."""

from __future__ import annotations

from workbench.integration.v1 import feed_pb2, feed_service_pb2

from services.chassis.db.session import UnitOfWork
from services.integration.rpc.feed_messages import comparison_messages, feed_message, run_message, run_messages
from services.integration.usecases import definitions, feeds, pushing, running


def list_feeds(work: UnitOfWork, request: feed_service_pb2.ListFeedsRequest) -> feed_service_pb2.ListFeedsResponse:
    page = feeds.list_feeds(work, request)
    faults = {} if request.page_token else definitions.definitions(work.settings).faults
    told = [feed_service_pb2.FeedDefinitionFault(file=file, description=text) for file, text in faults.items()]
    return feed_service_pb2.ListFeedsResponse(
        feeds=map(feed_message, page.rows), next_page_token=page.next_page_token, faults=told
    )


def get_feed(work: UnitOfWork, request: feed_service_pb2.GetFeedRequest) -> feed_pb2.Feed:
    (standing,) = feeds.standings(work, [request.feed])
    return feed_message(standing, whole=True)


def check_feed(work: UnitOfWork, request: feed_service_pb2.CheckFeedRequest) -> feed_service_pb2.CheckFeedResponse:  # noqa: ARG001 - no database is asked
    definition, faults = feeds.check_definition(request.definition)
    shown = feed_message(feeds.Standing(definition, ""), whole=True) if definition else None
    return feed_service_pb2.CheckFeedResponse(feed=shown, faults=faults)


def create_feed_file(work: UnitOfWork, request: feed_service_pb2.CreateFeedFileRequest) -> feed_pb2.FeedFile:
    return _file(pushing.create(work, request.feed, request.file_name))


def upload_feed_file(work: UnitOfWork, request: feed_service_pb2.UploadFeedFileRequest) -> feed_pb2.FeedFile:
    day = feeds.as_day(request.business_date)
    return _file(
        pushing.take_part(work, request.file_id, request.offset, request.content.data, last=request.last, business_date=day)
    )


def run_feed(work: UnitOfWork, request: feed_service_pb2.RunFeedRequest) -> feed_pb2.FeedRun:
    return run_message(feeds.run_file(work, request))


def list_feed_runs(work: UnitOfWork, request: feed_service_pb2.ListFeedRunsRequest) -> feed_service_pb2.ListFeedRunsResponse:
    page = feeds.list_runs(work, request)
    return feed_service_pb2.ListFeedRunsResponse(feed_runs=run_messages(page.rows), next_page_token=page.next_page_token)


def get_feed_run(work: UnitOfWork, request: feed_service_pb2.GetFeedRunRequest) -> feed_pb2.FeedRun:
    return run_message(running.find_run(work, request.run_id))


def rerun_feed_run(work: UnitOfWork, request: feed_service_pb2.RerunFeedRunRequest) -> feed_pb2.FeedRun:
    return run_message(feeds.rerun(work, request.run_id))


def list_feed_comparisons(
    work: UnitOfWork, request: feed_service_pb2.ListFeedComparisonsRequest
) -> feed_service_pb2.ListFeedComparisonsResponse:
    run = running.find_run(work, request.run_id)
    return feed_service_pb2.ListFeedComparisonsResponse(comparisons=comparison_messages(run))


def _file(pushed: pushing.Pushed) -> feed_pb2.FeedFile:
    return feed_pb2.FeedFile(
        file_id=pushed.file_id,
        feed=pushed.feed,
        file_name=pushed.file_name,
        size_bytes=pushed.size_bytes,
        run=run_message(pushed.run) if pushed.run else None,
    )
