from __future__ import annotations

from terapin.runtime.core.resource import Resources

from . import activity, award, badge, card, label, member, remark, sample, ticket, twin

routers = (
    activity.router,
    award.router,
    badge.router,
    card.router,
    label.router,
    member.router,
    remark.router,
    sample.router,
    ticket.router,
    twin.router,
)
resources = Resources(
    (
        activity.activities,
        award.awards,
        badge.badges,
        card.cards,
        label.labels,
        member.members,
        remark.remarks,
        sample.samples,
        ticket.tickets,
        twin.twins,
    )
)
