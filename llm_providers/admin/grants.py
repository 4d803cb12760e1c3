"""Who holds which permissions, so that nobody gives more than they hold."""

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db.models import Q, QuerySet

Visitor = User | AnonymousUser


def held_by(account: Visitor | Group) -> QuerySet[Permission]:
    """What was given to a group, or to a user directly and by groups, be the user active or not."""
    if isinstance(account, Group):
        return account.permissions.all()
    by_group = Permission.objects.filter(group__in=account.groups.all())
    return Permission.objects.filter(Q(pk__in=account.user_permissions.values("pk")) | Q(pk__in=by_group.values("pk")))


def holds_more(account: User | Group, user: Visitor) -> bool:
    """Whether an account holds what this user does not."""
    if user.is_superuser:
        return False
    if isinstance(account, User) and account.is_superuser:
        return True
    return held_by(account).exclude(pk__in=permissions_to_give(user).values("pk")).exists()


def permissions_to_give(user: Visitor) -> QuerySet[Permission]:
    return Permission.objects.all() if user.is_superuser else held_by(user)


def groups_to_give(user: Visitor) -> QuerySet[Group]:
    """The groups that hold no more than this user."""
    more = Permission.objects.exclude(pk__in=permissions_to_give(user).values("pk"))
    return Group.objects.exclude(permissions__in=more)
